// SPDX-License-Identifier: Apache-2.0
import { fixed } from './numbers.ts'
import { escapeXml, STYLE } from './svg.ts'

export interface Bar {
  readonly label: string
  readonly value: number
  readonly isOurs: boolean
}

/** Bars under one title, on one scale. */
export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const LABELS = 300
const ROW = 22
const TITLE = 34
const VALUES = 50

/** Draws panels below each other; 1 is what stock adds, marked by a line. What noise made negative has no bar, and its number. */
export function renderBars(panels: readonly Panel[]): string {
  const shown = panels.filter(({ bars }) => bars.length > 0)
  const parts: string[] = []
  let y = 8
  for (const { title, bars } of shown) {
    const most = Math.max(1, ...bars.map(({ value }) => value))
    const scale = (WIDTH - LABELS - VALUES) / most
    parts.push(`<text x="8" y="${y + 18}" class="title">${escapeXml(title)}</text>`)
    const top = y + TITLE - 6
    const line = LABELS + scale
    parts.push(
      `<line x1="${line.toFixed(1)}" x2="${line.toFixed(1)}" y1="${top}" y2="${top + bars.length * ROW}" class="rule"/>`,
    )
    bars.forEach(({ label, value, isOurs }, index) => {
      const row = top + index * ROW
      const length = Math.max(1, value * scale)
      parts.push(
        `<text x="${LABELS - 8}" y="${row + 15}" class="label${isOurs ? ' ours' : ''}">${escapeXml(label)}</text>`,
        `<rect x="${LABELS}" y="${row + 4}" width="${length.toFixed(1)}" height="${ROW - 8}" rx="2" class="${isOurs ? 'bar-ours' : 'bar'}"/>`,
        `<text x="${(LABELS + length + 6).toFixed(1)}" y="${row + 15}" class="value">${fixed(value, 2)}</text>`,
      )
    })
    y = top + bars.length * ROW + 10
  }
  const title = shown.map((panel) => panel.title).join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    STYLE,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}
