// SPDX-License-Identifier: Apache-2.0

/** A table of a report, the same on the terminal and on the page. */
export interface Table {
  readonly title: string
  /** What the numbers are and how they came about. */
  readonly note: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Columns of the width they need; the first one to the left, numbers to the right. */
export function renderText({ title, note, columns, rows }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...rows.map((row) => row[index] ?? '')].map(widthOf)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat((widths[index] ?? 0) - widthOf(cell))
        return index === 0 ? cell + space : space + cell
      })
      .join('  ')
  return [title, note, '', line(columns), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ''].join(
    '\n',
  )
}

const widthOf = (text: string): number => [...text].length

export function renderMarkdown({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'))
  return [`## ${title}`, '', note, '', line(columns), line(rule), ...rows.map(line), ''].join('\n')
}
