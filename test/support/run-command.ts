// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { User } from './unprivileged-user.ts'

/** The repository. */
export const ROOT = path.join(import.meta.dirname, '../..')

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** By default the repository. */
  readonly cwd?: string
  /** Added to our own environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly timeoutMs?: number
  /** By default ourselves. */
  readonly user?: User
}

/** Runs a program to its end. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): CommandResult {
  const { cwd = ROOT, env = {}, timeoutMs = 180_000, user } = options
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    encoding: 'utf8',
    input: '',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    ...user,
  })
  if (error !== undefined) throw error
  return { code: status, stdout, stderr }
}

/** Runs a program that must succeed; otherwise the error shows what it wrote. */
export function mustRun(program: string, args: readonly string[], options: CommandOptions = {}): CommandResult {
  const result = runCommand(program, args, options)
  if (result.code === 0) return result
  throw new Error(
    `${path.basename(program)} ${args.join(' ')} ended with ${result.code}:\n${result.stdout}\n${result.stderr}`,
  )
}
