// SPDX-License-Identifier: Apache-2.0
import type { Env } from './env.ts'
import { VARIABLES, type VariableName } from './variables.ts'

const PREFIX = 'CORRELATION_'

/** Our own test harness hands these to the apps it starts. */
const HARNESS_PREFIX = 'CORRELATION_TEST_'

/** A name of this form is safe to print; the environment may hold any bytes in a name. */
const PRINTABLE_NAME = /^[A-Za-z0-9_]{1,64}$/

/**
 * Kubernetes makes these in each pod beside a Service whose name begins with `correlation`; a typo of ours never looks like one.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const SERVICE_LINK =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

const KNOWN_NAMES: readonly VariableName[] = VARIABLES.map((row) => row.name)

/** Gives one sentence for each set variable that looks like ours and is not: a typo must not pass in silence. */
export function unknownVariableProblems(env: Env): readonly string[] {
  return Object.keys(env)
    .filter((name) => isUnknown(name) && typeof env[name] === 'string' && env[name].trim() !== '')
    .map((name) =>
      PRINTABLE_NAME.test(name)
        ? `${name} is no variable of ours and is ignored; the nearest known name is ${nearestName(name)}.`
        : `A variable whose name begins with ${PREFIX} and has ${name.length} characters is no variable of ours and is ignored.`,
    )
}

function isUnknown(name: string): boolean {
  if (!name.startsWith(PREFIX) || name.startsWith(HARNESS_PREFIX) || SERVICE_LINK.test(name)) return false
  return !KNOWN_NAMES.some((known) => known === name)
}

function nearestName(name: string): VariableName {
  const distances = KNOWN_NAMES.map((known) => ({ known, distance: editDistance(name, known) }))
  return distances.reduce((best, each) => (each.distance < best.distance ? each : best)).known
}

/** Levenshtein's distance: how many letters must be added, taken out or changed. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (let column = 1; column <= to.length; column++) {
      const changed = (row[column - 1] as number) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
