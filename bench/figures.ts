// SPDX-License-Identifier: Apache-2.0
import type { Job } from './measure/job.ts'
import { addedNoiseOf, BASELINE, type Comparison, compare, noiseOf, type Sample, STOCK } from './ratio.ts'
import type { Run } from './run.ts'
import { summarise } from './statistics.ts'

/** One number of a run that a goal may speak about. */
export interface Figure {
  /** What it is, in parts from the general to the particular: `request.cjs.plain`. */
  readonly figure: string
  readonly variant: string
  readonly value: number
  /** How far it may be off by chance: two copies of the app without anything came so far apart. */
  readonly noise: number
}

/** Turns a run into its figures. What was not measured is not among them. */
export function figuresOf(run: Run): readonly Figure[] {
  return [
    ...ratios('start.cpu', run.start?.cpu),
    ...ratios('start.exported.cpu', run.exportedStart?.exported),
    ...ratios('start.operator.cpu', run.operatorStart?.cpu),
    ...Object.entries(run.requests ?? {}).flatMap(([format, { routes, cold }]) => [
      ...Object.entries(routes).flatMap(([route, samples]) => ratios(`request.${format}.${route}`, samples)),
      ...ratios(`cold.${format}`, cold),
    ]),
    ...memoryFigures(run),
    ...diskFigures(run),
    ...(run.job ?? []).map((job) => exact(`job.missing.${job.format}`, job.variant, missingOf(job))),
    ...(run.cluster ?? []).map((one) =>
      exact('cluster.lost', one.variant, 3 * one.requests - one.serverSpans - one.linesWithId / 2 - one.ids),
    ),
    ...addedFigures('parts.micros', compare(run.parts ?? [])),
    ...Object.entries(run.instructions ?? {}).flatMap(([format, routes]) =>
      Object.entries(routes).flatMap(([route, samples]) => ratios(`instructions.${format}.${route}`, samples)),
    ),
    ...soakFigures(run),
  ]
}

const exact = (figure: string, variant: string, value: number): Figure => ({ figure, variant, value, noise: 0 })

function ratios(figure: string, samples: readonly Sample[] = []): readonly Figure[] {
  const comparisons = compare(samples)
  const noise = noiseOf(comparisons)
  return comparisons
    .filter(({ ratio }) => ratio.count > 0)
    .map(({ variant, ratio }) => ({ figure, variant, value: ratio.median, noise }))
}

/** The places, of three, where a request's correlation ID was not found. */
function missingOf({ log, response, downstream }: Job): number {
  return [log, response, downstream].filter((found) => found !== 'correlation ID').length
}

function memoryFigures({ memory }: Run): readonly Figure[] {
  if (!memory) return []
  const marks = Object.keys(memory).toSorted((a, b) => Number(a) - Number(b))
  const rss = marks.flatMap((mark) => [
    ...ratios(`memory.rss.${mark}`, memory[mark]?.rss),
    ...ratios(`memory.loaded.${mark}`, memory[mark]?.loaded),
  ])
  const [before = '', after = ''] = marks.slice(-2)
  const grown = growth(memory[before]?.heap ?? [], memory[after]?.heap ?? [])
  return [...rss, ...addedFigures('memory.heap.growth', grown)]
}

/** By how much each grew between two looks, beyond what the bare app did. */
function growth(before: readonly Sample[], after: readonly Sample[]): readonly Comparison[] {
  const at = (list: readonly Sample[], { variant, round }: Sample) =>
    list.find((one) => one.variant === variant && one.round === round)?.value ?? Number.NaN
  return compare(after.map((sample) => ({ ...sample, value: sample.value - at(before, sample) })))
}

/** What each adds to the bare app, in the unit it was measured in. */
function addedFigures(figure: string, comparisons: readonly Comparison[]): readonly Figure[] {
  const noise = addedNoiseOf(comparisons)
  return comparisons
    .filter(({ added }) => added.count > 0)
    .map(({ variant, added }) => ({ figure, variant, value: added.median, noise }))
}

function diskFigures({ disk = [] }: Run): readonly Figure[] {
  const without = disk.find(({ variant }) => variant === BASELINE)?.mib
  const stock = disk.find(({ variant }) => variant === STOCK)?.mib
  const duplicates = disk.map((one) => exact('disk.duplicates', one.variant, one.duplicates.length))
  if (without === undefined || stock === undefined) return duplicates
  const sizes = disk.map(({ variant, mib }) => exact('disk.mib', variant, (mib - without) / (stock - without)))
  return [...sizes, ...duplicates]
}

/** The heap of the last quarter of a soak beside that of the second: the first is warm-up. */
function soakFigures({ soak }: Run): readonly Figure[] {
  if (!soak) return []
  const heaps = soak.marks.map(({ heapBytes }) => heapBytes / 2 ** 20)
  const quarter = Math.floor(heaps.length / 4)
  const early = summarise(heaps.slice(quarter, 2 * quarter))
  const late = summarise(heaps.slice(-quarter))
  const noise = (late.upper - late.lower) / 2
  return [{ figure: 'soak.heap.growth', variant: soak.variant, value: late.median - early.median, noise }]
}
