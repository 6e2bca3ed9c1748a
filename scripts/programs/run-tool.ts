// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'

export interface ToolOptions {
  readonly cwd?: string
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>
}

const LINES_OF_A_FAILURE = 40

/** Runs a tool that downloads or builds something; where it fails, the error has the end of what it said. */
export function runTool(tool: string, args: readonly string[], { cwd, env = {} }: ToolOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input: '',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (error !== undefined) throw new Error(`${tool} does not run here: ${error.message}.`)
  if (status === 0) return stdout
  const said = `${stdout}${stderr}`.trimEnd().split('\n').slice(-LINES_OF_A_FAILURE).join('\n')
  throw new Error(`${tool} ${args.join(' ')} ended with ${status}:\n${said}`)
}
