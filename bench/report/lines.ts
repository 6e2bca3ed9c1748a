// SPDX-License-Identifier: Apache-2.0
import { escapeXml, STYLE } from './svg.ts'

export interface Line {
  readonly label: string
  readonly isOurs: boolean
  /** One value for each size of the plot. */
  readonly values: readonly number[]
}

/** What one thing that grows does to the cost. */
export interface Plot {
  readonly title: string
  readonly sizes: readonly number[]
  readonly lines: readonly Line[]
}

const WIDTH = 380
const HEIGHT = 220
const LEFT = 48
const RIGHT = 90
/** Labels closer to each other than this cannot be read. */
const LABEL_GAP = 15
const TOP = 36
const BOTTOM = 30

/** Draws plots, two in a row; sizes at equal distances, cost from zero. */
export function renderLines(plots: readonly Plot[]): string {
  const rows = Math.ceil(plots.length / 2)
  const title = plots.map((plot) => plot.title).join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${rows * HEIGHT}" width="${2 * WIDTH}" height="${rows * HEIGHT}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    STYLE,
    ...plots.map(
      (plot, index) =>
        `<g transform="translate(${(index % 2) * WIDTH} ${Math.floor(index / 2) * HEIGHT})">\n${drawPlot(plot)}\n</g>`,
    ),
    '</svg>',
    '',
  ].join('\n')
}

function drawPlot({ title, sizes, lines }: Plot): string {
  const most = Math.max(1, ...lines.flatMap(({ values }) => values.filter(Number.isFinite)))
  const x = (index: number) => LEFT + (index * (WIDTH - LEFT - RIGHT)) / Math.max(1, sizes.length - 1)
  const y = (value: number) => TOP + (1 - Math.max(0, value) / most) * (HEIGHT - TOP - BOTTOM)
  const places = spread(lines.map(({ values }) => y(values.at(-1) ?? 0) + 4))
  const drawn = lines.flatMap(({ label, isOurs, values }, line) => {
    const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    return [
      `<polyline points="${points}" class="${isOurs ? 'line-ours' : 'line'}"/>`,
      `<text x="${WIDTH - RIGHT + 6}" y="${(places[line] ?? 0).toFixed(1)}" class="${isOurs ? 'ours' : 'value'}">${escapeXml(label)}</text>`,
    ]
  })
  return [
    `<text x="8" y="18" class="title">${escapeXml(title)}</text>`,
    `<text x="${LEFT - 6}" y="${TOP + 4}" class="value label">${most.toFixed(0)}</text>`,
    `<text x="${LEFT - 6}" y="${HEIGHT - BOTTOM + 4}" class="value label">0</text>`,
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" class="rule"/>`,
    ...sizes.map((size, index) => `<text x="${x(index).toFixed(1)}" y="${HEIGHT - 10}" class="tick">${size}</text>`),
    ...drawn,
  ].join('\n')
}

/** Moves what is too close to the next one below it upwards. */
function spread(places: readonly number[]): readonly number[] {
  const moved = [...places]
  const fromBelow = places.map((_, index) => index).toSorted((a, b) => (places[b] ?? 0) - (places[a] ?? 0))
  let lowest = Number.POSITIVE_INFINITY
  for (const index of fromBelow) {
    lowest = Math.min(places[index] ?? 0, lowest - LABEL_GAP)
    moved[index] = lowest
  }
  return moved
}
