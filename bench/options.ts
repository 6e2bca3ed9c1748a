// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util'
import { ROUTES } from './measure/routes.ts'
import type { AppFormat } from './processes/app.ts'
import { QUICK, REQUESTED, VARIANTS } from './variants.ts'

/** The parts of a run, in their order. */
export const PARTS = [
  'job',
  'disk',
  'start',
  'request',
  'memory',
  'latency',
  'parts',
  'scale',
  'cluster',
  'instructions',
  'soak',
] as const
export type Part = (typeof PARTS)[number]

/** What of the benchmark is run, and how long. */
export interface Options {
  readonly quick: boolean
  /** Nothing is left out but what takes a run of its own. */
  readonly isWhole: boolean
  /** Fails beyond the goals; a soak by itself always does. */
  readonly check: boolean
  /** Writes the page and the charts, or the page of the instructions. */
  readonly write: boolean
  readonly parts: readonly Part[]
  readonly variants: readonly string[]
  readonly routes: readonly string[]
  readonly formats: readonly AppFormat[]
  /** Rounds of the requests; undefined is as many as the mode has. */
  readonly rounds: number | undefined
  /** Of a soak. */
  readonly minutes: number
}

const QUICK_PARTS: readonly Part[] = ['job', 'disk', 'start', 'request', 'parts']
const PARTS_WITH_GOALS: readonly Part[] = ['job', 'disk', 'start', 'request', 'memory', 'parts', 'cluster']

interface Mode {
  readonly quick: boolean
  readonly goals: boolean
  readonly withSoak: boolean
}

function partsOf({ quick, goals, withSoak }: Mode): readonly Part[] {
  if (quick) return QUICK_PARTS
  if (goals) return PARTS_WITH_GOALS
  return PARTS.filter((part) => part !== 'instructions' && (withSoak || part !== 'soak'))
}

const HELP = `npm run bench -- [options]        everything but the following two, in about an hour and a half
npm run bench -- soak             load with the collector gone; exit code 1 where the heap grows
npm run bench -- instructions     instructions of a request, which a busy machine does not change; needs valgrind, takes more than an hour

  --quick               fewer variants, rounds and parts, in about five minutes
  --goals               the variants and parts of a whole run that goals speak about, in about an hour
  --check               exit code 1 beyond the goals of bench/goals.json; with --quick beyond twice a goal
  --write               write docs/benchmarks.md, its charts, and the README's, by a whole run; or docs/benchmarks-instructions.md
  --only <parts>        of ${PARTS.join(',')}
  --variants <names>    of ${VARIANTS.map(({ name }) => name).join(',')}
  --routes <names>      of ${ROUTES.map(({ name }) => name).join(',')}
  --app <formats>       of cjs,esm
  --rounds <n>          rounds of the requests in each generation of processes, several segments each; of the instructions, generations
  --minutes <n>         length of the soak (10); given, a full run has one too`

/** Reads the command line; throws, in a sentence, for what it does not know. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      goals: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string' },
      variants: { type: 'string' },
      routes: { type: 'string' },
      app: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  const { quick, goals } = values
  if (quick && goals) throw new Error('--quick is short and --goals is long: a run has one of them.')
  const { write, check: _check, minutes, ...less } = values
  const isWhole = positionals.length === 0 && !Object.values(less).some(Boolean)
  const only = positionals.length > 0 ? positionals.join(',') : values.only
  const isCount = only === 'instructions'
  if (write && !isWhole && !isWholeCount(isCount, less)) {
    throw new Error(
      'Only a whole run is written down: --write goes with --check and --minutes alone, or with instructions and --rounds.',
    )
  }
  const names = VARIANTS.map(({ name }) => name)
  const formats: readonly AppFormat[] = ['cjs', 'esm']
  return {
    quick,
    isWhole,
    check: values.check || positionals.includes('soak'),
    write: values.write,
    parts: chosen('--only', only, PARTS) ?? partsOf({ quick, goals, withSoak: minutes !== undefined }),
    variants: chosen('--variants', values.variants, names) ?? (isCount ? REQUESTED : variantsOf(values, names)),
    routes:
      chosen(
        '--routes',
        values.routes,
        ROUTES.map(({ name }) => name),
      ) ?? ROUTES.map(({ name }) => name),
    formats: chosen('--app', values.app, formats) ?? formats,
    rounds: values.rounds === undefined ? undefined : positive('--rounds', values.rounds),
    minutes: positive('--minutes', minutes ?? '10'),
  }
}

/** Every variant, route and twin, however often. */
function isWholeCount(
  isCount: boolean,
  { quick, variants, routes, app }: Readonly<Record<string, string | boolean | undefined>>,
): boolean {
  return isCount && !quick && variants === undefined && routes === undefined && app === undefined
}

function variantsOf({ quick, goals }: Pick<Mode, 'quick' | 'goals'>, all: readonly string[]): readonly string[] {
  if (quick) return QUICK
  return goals ? REQUESTED : all
}

export const helpText = (): string => HELP

function chosen<T extends string>(
  option: string,
  given: string | undefined,
  known: readonly T[],
): readonly T[] | undefined {
  if (given === undefined) return undefined
  const names = given.split(',').filter(Boolean)
  for (const name of names) {
    if (!known.includes(name as T)) throw new Error(`${option} does not know "${name}"; it knows ${known.join(', ')}.`)
  }
  return known.filter((name) => names.includes(name))
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${option} takes a positive number, not "${text}".`)
  return value
}
