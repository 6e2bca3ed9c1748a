// SPDX-License-Identifier: Apache-2.0
import { DIMENSIONS } from '../measure/scale.ts'
import { BASELINE, CONTROL, compare, type Sample, STOCK } from '../ratio.ts'
import type { Run } from '../run.ts'
import { type Panel, renderBars } from './bars.ts'
import { type Plot, renderLines } from './lines.ts'
import { placeOf, titleOf } from './names.ts'

/** Settings of a variant that say something about it only beside the variant itself. */
const LEFT_OUT = new Set([BASELINE, CONTROL, 'stock-traces', 'stock-unsampled', 'ours-sdk-disabled'])

/** The lines of the plots; the others are in the tables. */
const PLOTTED = [
  { variant: STOCK, label: 'stock' },
  { variant: 'ours', label: 'ours' },
  { variant: 'ours-unsampled', label: 'unsampled' },
  { variant: 'ours-correlation-only', label: 'tracing off' },
] as const

const isOurs = (variant: string) => variant.startsWith('ours')

/** The README's chart: what each adds to the app, as a share of what stock adds. */
export function costChart(run: Run): string {
  const marks = Object.keys(run.memory ?? {}).toSorted((a, b) => Number(a) - Number(b))
  const last = marks.at(-1) ?? ''
  return renderBars([
    panel(
      'CPU added to a request with an outbound call, in CommonJS (stock is 1)',
      run.requests?.['cjs']?.routes['http'],
    ),
    panel('CPU added to the start', run.start?.cpu),
    panel(`memory (RSS) added, after ${Number(last).toLocaleString('en')} requests`, run.memory?.[last]?.rss),
  ])
}

function panel(title: string, samples: readonly Sample[] = []): Panel {
  const bars = compare(samples)
    .filter(({ variant, ratio }) => !LEFT_OUT.has(variant) && ratio.count > 0)
    .toSorted((a, b) => placeOf(a.variant) - placeOf(b.variant))
    .map(({ variant, ratio }) => ({
      label: titleOf(variant),
      value: ratio.median,
      isOurs: isOurs(variant),
    }))
  return { title, bars }
}

/** What the cost does as requests get larger: flat, if all is well. */
export function scaleChart({ scale }: Run): string | undefined {
  if (!scale) return undefined
  const plots = DIMENSIONS.map(({ name, title, sizes, perUnit }): Plot => {
    const bySize = sizes.map((size) => compare(scale[name]?.[size] ?? []))
    const measured = (bySize[0] ?? []).map(({ variant }) => variant)
    const lines = PLOTTED.filter(({ variant }) => measured.includes(variant)).map(({ variant, label }) => ({
      label,
      isOurs: isOurs(variant),
      values: sizes.map((size, index) => {
        const added = bySize[index]?.find((one) => one.variant === variant)?.added.median ?? Number.NaN
        return added / (perUnit?.(size) ?? 1)
      }),
    }))
    return { title: `µs added by ${title}${perUnit ? ', for each' : ''}`, sizes, lines }
  })
  return renderLines(plots)
}
