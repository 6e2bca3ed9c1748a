// SPDX-License-Identifier: Apache-2.0
import { accessSync, renameSync, rmSync } from 'node:fs'

const ATTEMPTS = 5

/** Puts one folder in the place of another by renaming: whoever reads there sees the old files or the new ones, never half. */
export function swapFolder(fresh: string, target: string): void {
  accessSync(fresh)
  for (let attempt = 1; ; attempt++) {
    const old = `${fresh}.old`
    try {
      renameSync(target, old)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    try {
      renameSync(fresh, target)
      return
    } catch (error) {
      // Another build put its own there in between.
      if (attempt === ATTEMPTS || !hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    } finally {
      rmSync(old, { recursive: true, force: true })
    }
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
