// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Binds this process, and all that it starts from now on, to one core. Where the cores of a machine are threads of one, as on most virtual
 * ones, CPU time of the app depends on what the load generator does in the same moment, and two copies of the bare app
 * come apart several times as far.
 *
 * @returns Whether it did: only Linux has it, and its `taskset` (util-linux).
 */
export function bindToOneCore(): boolean {
  if (process.platform !== 'linux') return false
  const core = lastCoreOf(readFileSync('/proc/self/status', 'utf8'))
  if (core === undefined) return false
  const args = ['--all-tasks', '--cpu-list', '--pid', core, String(process.pid)]
  return spawnSync('taskset', args, { stdio: 'ignore' }).status === 0
}

/** The last of the cores that a process may run on, from its `/proc/…/status`: interrupts are the first one's more often. */
export function lastCoreOf(status: string): string | undefined {
  return /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1]
}
