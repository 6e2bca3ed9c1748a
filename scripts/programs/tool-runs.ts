// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'

/** Whether a tool is there and does what it is asked for, quietly. */
export function toolRuns(tool: string, args: readonly string[]): boolean {
  return spawnSync(tool, args, { stdio: 'ignore' }).status === 0
}
