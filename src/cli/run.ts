// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Env } from '../config/env.ts'
import type { RunArguments } from './run-arguments.ts'
import type { RunScope } from './run-scope.ts'
import { type Ending, spawnCommand } from './spawn-command.ts'

const BAD_ID =
  'the value of --id is no correlation ID: it is too long or has characters that none may have (see CORRELATION_ID_PATTERN and CORRELATION_ID_MAX_LENGTH). Nothing was run.'

/** Runs a command under an ID, and resolves to how it ended. */
export async function run(
  { command, args, id, isQuiet }: RunArguments,
  env: Env,
  packageFolder: string,
): Promise<Ending> {
  const scope = begin(command, id, env, packageFolder)
  if (scope === 'bad-id') {
    say(`correlation: ${BAD_ID}`)
    return { exitCode: 2 }
  }
  // Standard output is the command's.
  if (scope !== undefined && !isQuiet) say(`correlation ID: ${scope.id}`)
  const ending = await spawnCommand(command, args, { ...env, ...scope?.variables })
  if (ending.failure !== undefined) say(`correlation: ${sentenceOf(ending)}`)
  scope?.end(ending)
  return ending
}

/** Starts what an application's preload starts. Undefined where it is turned off, or cannot start: the command runs all the same. */
function begin(
  command: string,
  id: string | undefined,
  env: Env,
  packageFolder: string,
): RunScope | 'bad-id' | undefined {
  // The resource of our span would have the command's arguments, which may hold secrets.
  process.argv.splice(3)
  try {
    const load = createRequire(path.join(packageFolder, 'register.cjs'))
    // It looks at Node's version, and says what goes wrong.
    load('./register.cjs')
    const { loadRunScope } = load('./dist/preload.cjs') as typeof import('../preload.ts')
    return loadRunScope().beginRun(command, id, env)
  } catch {
    return undefined
  }
}

/** Names no argument, and not the command either: what was not found may be an argument. */
function sentenceOf({ exitCode, failure }: Ending): string {
  if (exitCode === 127)
    return 'the command was not found; a path, or a name in PATH, comes first, and its arguments are words of their own.'
  return `the command could not be started (${failure}).`
}

/** To the descriptor, so that it stands before all that the command writes there. */
function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {
    // Without a standard error there is nowhere to say it.
  }
}
