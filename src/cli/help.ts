// SPDX-License-Identifier: Apache-2.0
import { VARIABLES, type Variable } from '../config/variables.ts'

/** Renders the usage text: the commands, and the variables from the table that also feeds parsing and the README. */
export function renderHelp(rows: readonly Variable[] = VARIABLES): string {
  return `correlation: one correlation ID for every request

Usage:
  correlation run [--id ID] [--quiet] -- command [argument…]
                         run any command under an ID: the one given, or else that of the environment (X_CORRELATION_ID,
                         BAGGAGE), or else a new one. The command finds it there, with TRACEPARENT; standard error has
                         it too, unless --quiet. Exit code and signals are the command's
  correlation path       print the absolute path of register.cjs, for NODE_OPTIONS="--require <path>"
  correlation --help     print this text
  correlation --version  print the version

Environment variables (and their defaults):
${rows.map(renderRow).join('\n')}
`
}

function renderRow({ name, default: value, derived, sentence }: Variable): string {
  // The table's sentences are Markdown; in a terminal the marks of code spans are noise.
  return `  ${name} (${value ?? derived ?? 'unset'})\n      ${sentence.replaceAll('`', '')}`
}
