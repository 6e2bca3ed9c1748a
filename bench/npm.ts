// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import path from 'node:path'

// npm run by an old Node chooses older releases.
const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`
const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']

/** How a command of npm ended, with what it said. */
export interface NpmResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs npm by the Node that runs this. */
export function npm(cwd: string, ...args: readonly string[]): NpmResult {
  const env = { ...process.env, PATH, NODE_OPTIONS: '' }
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...QUIET], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, stdout, stderr }
}

/** The same, where going on makes no sense without it. */
export function mustNpm(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = npm(cwd, ...args)
  if (status !== 0) throw new Error(`\`npm ${args.join(' ')}\` failed: ${stderr.trim()}`)
  return stdout
}
