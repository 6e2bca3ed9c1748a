// SPDX-License-Identifier: Apache-2.0
import { COLD_REQUESTS } from '../measure/request.ts'
import { ROUTES } from '../measure/routes.ts'
import { addedNoiseOf, BASELINE, type Comparison, compare, noiseOf, type Sample } from '../ratio.ts'
import type { Run } from '../run.ts'
import { placeOf, titleOf } from './names.ts'
import { fixed, signed } from './numbers.ts'
import type { Table } from './table.ts'

/** The tables of what has a ratio to stock: CPU of requests, starts, memory, and answering times. */
export function costTables(run: Run): readonly Table[] {
  return [
    ...requestTables(run),
    ...startTables(run),
    ...memoryTables(run),
    ...latencyTables(run),
    ...partsTables(run),
    ...instructionTables(run),
  ]
}

/** One column of a table: what was measured, and how a number of it is written. */
interface Column {
  readonly title: string
  readonly samples: readonly Sample[]
  readonly digits: number
}

/** A row for each variant: what the bare app takes, and what the others add to it, with the share of stock's. */
function comparisonTable(title: string, note: string, columns: readonly Column[]): readonly Table[] {
  const compared = columns.map(({ samples }) => compare(samples))
  const names = [...new Set(compared.flatMap((list) => list.map(({ variant }) => variant)))]
  if (names.length === 0) return []
  return [
    {
      title,
      note,
      columns: ['', ...columns.map((column) => column.title)],
      rows: [
        ...inOrder(names).map((name) => [
          titleOf(name),
          ...compared.map((list, index) =>
            cellOf(
              list.find(({ variant }) => variant === name),
              columns[index]?.digits ?? 0,
            ),
          ),
        ]),
        ['noise', ...compared.map((list, index) => noiseCell(list, columns[index]?.digits ?? 0))],
      ],
    },
  ]
}

function cellOf(comparison: Comparison | undefined, digits: number): string {
  if (!comparison) return '—'
  const { variant, value, added, ratio } = comparison
  if (variant === BASELINE || added.count === 0) return fixed(value.median, digits)
  const amount = signed(added.median, digits)
  if (ratio.count === 0) return amount
  return `${amount} (${fixed(ratio.median, 2)} ±${fixed((ratio.upper - ratio.lower) / 2, 2)})`
}

/** How far the two copies of the bare app came apart, as the cells above are written. */
function noiseCell(comparisons: readonly Comparison[], digits: number): string {
  const share = noiseOf(comparisons)
  return `±${fixed(addedNoiseOf(comparisons), digits)}${share > 0 ? ` (${fixed(share, 3)})` : ''}`
}

/** Variants as they are listed, whatever order the rounds had. */
function inOrder(names: readonly string[]): readonly string[] {
  return names.toSorted((a, b) => placeOf(a) - placeOf(b))
}

const RATIO =
  'In brackets: the share of what stock adds in the same round (median, and half the width of the middle half).'
const FORMATS: Readonly<Record<string, string>> = { cjs: 'CommonJS', esm: 'ES modules' }

function requestTables({ requests = {} }: Run): readonly Table[] {
  return Object.entries(requests).flatMap(([format, { routes, cold }]) =>
    comparisonTable(
      `CPU of a request, app in ${FORMATS[format]}`,
      `Microseconds of CPU of the app's process: the bare app, and what is added to it. The last column is the first ${COLD_REQUESTS.toLocaleString('en')} requests of a process, all routes together, mostly V8 compiling; it has no goal. ${RATIO}`,
      [
        ...ROUTES.map(({ name, title }) => ({ title, samples: routes[name] ?? [], digits: 0 })),
        { title: 'cold', samples: cold, digits: 0 },
      ].filter(({ samples }) => samples.length > 0),
    ),
  )
}

function startTables({ start, exportedStart, operatorStart }: Run): readonly Table[] {
  const columns: readonly Column[] = [
    { title: 'CPU, ms', samples: start?.cpu ?? [], digits: 0 },
    { title: 'time, ms', samples: start?.wall ?? [], digits: 0 },
    { title: 'CPU as the Kubernetes operator, ms', samples: operatorStart?.cpu ?? [], digits: 0 },
    { title: 'CPU to the first export, ms', samples: exportedStart?.exported ?? [], digits: 0 },
  ]
  return comparisonTable(
    'Start',
    `From the start of the process to listening. As the operator: \`NODE_OPTIONS=--require\`, metrics on. To the first export: one request and its batch, which is where what is put off comes due. ${RATIO}`,
    columns.filter(({ samples }) => samples.length > 0),
  )
}

const KINDS = [
  ['rss', 'Memory (RSS)', 'the RSS a second after a collection: the median of five readings'],
  ['loaded', 'Memory (RSS) under load', 'the RSS as the load ends, with whatever garbage V8 has not collected yet'],
  ['heap', 'Heap', 'what is alive after a collection'],
] as const

function memoryTables({ memory = {} }: Run): readonly Table[] {
  const marks = Object.keys(memory).toSorted((a, b) => Number(a) - Number(b))
  return KINDS.flatMap(([kind, title, what]) =>
    comparisonTable(
      title,
      `MiB after so many requests, the same for all: ${what}. ${RATIO}`,
      marks.map((mark) => ({
        title: Number(mark) === 0 ? 'after the start' : `at ${Number(mark).toLocaleString('en')}`,
        samples: memory[mark]?.[kind] ?? [],
        digits: 1,
      })),
    ),
  )
}

function latencyTables({ latency }: Run): readonly Table[] {
  if (!latency) return []
  return comparisonTable(
    'Time to answer',
    `Milliseconds at a fixed rate of 200 requests a second with one outbound call each. ${RATIO}`,
    [
      { title: 'p50, ms', samples: latency.p50, digits: 2 },
      { title: 'p99, ms', samples: latency.p99, digits: 2 },
    ],
  )
}

function partsTables({ parts }: Run): readonly Table[] {
  if (!parts) return []
  return comparisonTable(
    'The parts alone',
    "Microseconds of CPU of a request that is nothing but Node's own HTTP server on a stream in memory, a handler and two winston lines that go nowhere: no socket, no Express, no other process.",
    [{ title: 'CPU, µs', samples: parts, digits: 1 }],
  )
}

function instructionTables({ instructions = {} }: Run): readonly Table[] {
  return Object.entries(instructions).flatMap(([format, routes]) =>
    comparisonTable(
      `Instructions of a request, app in ${FORMATS[format]}`,
      `Thousands of instructions outside the kernel: the bare app, and what is added to it. ${RATIO}`,
      ROUTES.filter(({ name }) => (routes[name] ?? []).length > 0).map(({ name, title }) => ({
        title,
        samples: (routes[name] ?? []).map((sample) => ({ ...sample, value: sample.value / 1_000 })),
        digits: 0,
      })),
    ),
  )
}
