// SPDX-License-Identifier: Apache-2.0
import { VARIABLES, type Variable } from './variables.ts'

/** Renders the README's table, without a line break at its end. */
export function renderVariablesTable(rows: readonly Variable[] = VARIABLES): string {
  return ['| variable | default | meaning |', '|---|---|---|', ...rows.map(renderRow)].join('\n')
}

function renderRow(row: Variable): string {
  const cells = [`\`${row.name}\``, renderDefault(row), row.sentence]
  // A pipe ends a cell even inside a code span: https://github.github.com/gfm/#example-200
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function renderDefault(row: Variable): string {
  if (row.default !== undefined) return `\`${row.default}\``
  return (row.derived ?? 'unset').replace(/CORRELATION_\w+/, '`$&`')
}
