// SPDX-License-Identifier: Apache-2.0

/** The environment, as the OTel specification reads it: a blank value means unset. */
export type OtelEnv = Readonly<Record<string, string | undefined>>

/** The text of a variable, or undefined where it is unset or blank. */
export function textOf(env: OtelEnv, name: string): string | undefined {
  const text = env[name]?.trim()
  return text === '' ? undefined : text
}

/** A comma-separated list in lower case. */
export function listOf(env: OtelEnv, name: string): readonly string[] | undefined {
  const text = textOf(env, name)
  if (text === undefined) return undefined
  return text
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '')
}

/** Only `true`, in any case, is true. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function isTrue(env: OtelEnv, name: string): boolean {
  return textOf(env, name)?.toLowerCase() === 'true'
}

/** A number above 0, or undefined. */
export function positiveNumberOf(env: OtelEnv, name: string): number | undefined {
  const number = Number(textOf(env, name))
  return Number.isFinite(number) && number > 0 ? number : undefined
}

/** A number of at least 0, or undefined. */
export function limitOf(env: OtelEnv, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = textOf(env, name)
    const number = Number(text)
    if (text !== undefined && Number.isFinite(number) && number >= 0) return number
  }
  return undefined
}
