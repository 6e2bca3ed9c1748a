// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { parseArgs } from 'node:util'
import { VERSION } from '../version.ts'
import { renderHelp } from './help.ts'
import { parseRunArguments, type RunArguments } from './run-arguments.ts'

/** What the bin prints, and where. */
export interface CliResult {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode: 0 | 2
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/**
 * Finds out what the bin `correlation` is asked for: something to print, or a command to run.
 *
 * @param args - The arguments behind the program's name.
 * @param packageFolder - Where `register.cjs` lies.
 */
export function runCli(args: readonly string[], packageFolder: string): CliResult | RunArguments {
  // Before all else: the options behind the command are none of ours.
  if (args[0] === 'run') {
    const run = parseRunArguments(args.slice(1))
    if (run === 'help') return { stdout: renderHelp(), exitCode: 0 }
    return 'mistake' in run ? { stderr: `correlation: ${run.mistake}\n`, exitCode: 2 } : run
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
  })
  const asked = [...Object.keys(values).map((name) => `--${name}`), ...positionals]
  if (asked.length === 0 || asked.includes('--help')) return { stdout: renderHelp(), exitCode: 0 }
  if (asked.length === 1 && asked[0] === '--version') return { stdout: `${VERSION}\n`, exitCode: 0 }
  if (asked.length === 1 && asked[0] === 'path') {
    return { stdout: `${path.join(packageFolder, 'register.cjs')}\n`, exitCode: 0 }
  }
  const stderr = 'correlation: this command is not known; `correlation --help` lists the commands.\n'
  return { stderr, exitCode: 2 }
}
