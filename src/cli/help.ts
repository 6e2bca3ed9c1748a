// SPDX-License-Identifier: Apache-2.0
import { VARIABLES } from '../config/variables.ts'

/** The usage text: the commands, and the variables from the table that also feeds parsing and the README. */
export function renderHelp(): string {
  const rows = VARIABLES.map(
    ({ name, default: value, sentence }) => `  ${name} (${value ?? 'unset'})\n      ${sentence}`,
  )
  return `correlation: one correlation ID for every request

Usage:
  correlation path     print the absolute path of register.cjs, for NODE_OPTIONS="--require <path>"
  correlation --help   print this text

Environment variables (default):
${rows.join('\n')}
`
}
