// SPDX-License-Identifier: Apache-2.0

/** The rows of the table whose first heading this is, each by its headings, as they are written. */
export function markdownTable(markdown: string, firstHeading: string): readonly Readonly<Record<string, string>>[] {
  const lines = markdown.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`))
  if (start === -1) throw new Error(`There is no table whose first heading is ${firstHeading}.`)
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  const [headings = [], , ...rows] = lines.slice(start, end === -1 ? undefined : end).map(cellsOf)
  return rows.map((cells) => Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? ''])))
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
}
