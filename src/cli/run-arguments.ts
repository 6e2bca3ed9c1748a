// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util'

/** What `correlation run` is asked for. */
export interface RunArguments {
  readonly command: string
  /** The command's own. */
  readonly args: readonly string[]
  /** As it was given, unchecked. */
  readonly id: string | undefined
  readonly isQuiet: boolean
}

/** What is wrong with the arguments, or that help is wanted. */
export type NoRun = 'help' | { readonly mistake: string }

const OPTIONS = {
  id: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const

const OPTION_MISTAKE =
  'run was given an option that it does not have, or --id without a value; an ID that begins with a hyphen is written --id=ID.'
const COMMAND_MISTAKE = 'run needs a command, as in `correlation run -- npm run report`.'

/** Reads what stands behind the word `run`. From the command on all is the command's, whatever it looks like. */
export function parseRunArguments(args: readonly string[]): RunArguments | NoRun {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const first = tokens.find(({ kind }) => kind !== 'option')
  const end = first?.index ?? args.length
  const options = ownOptions(args.slice(0, end))
  if (options === undefined) return { mistake: OPTION_MISTAKE }
  if (options.help === true) return 'help'
  const [command, ...rest] = args.slice(first?.kind === 'option-terminator' ? end + 1 : end)
  if (command === undefined || command === '') return { mistake: COMMAND_MISTAKE }
  return { command, args: rest, id: options.id, isQuiet: options.quiet === true }
}

/** Undefined where there is a mistake: the parser's own message quotes what it was given. */
function ownOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch {
    return undefined
  }
}
