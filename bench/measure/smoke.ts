// SPDX-License-Identifier: Apache-2.0
import { startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Variant } from '../variants.ts'

/** Starts each variant once and asks for one answer; returns why those fail that do, so that one of them does not end a long run. */
export async function failuresToRun(
  variants: readonly Variant[],
  surroundings: Surroundings,
): Promise<Readonly<Record<string, string>>> {
  const failures: Record<string, string> = {}
  for (const variant of variants) {
    try {
      await using app = await startApp(variant, { format: 'cjs', surroundings })
      const { status } = await fetch(`${app.url}/api/http/7`)
      if (status !== 200) failures[variant.name] = `it answers ${status}`
    } catch (error) {
      const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      failures[variant.name] = line
    }
  }
  return failures
}
