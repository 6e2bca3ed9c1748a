// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder in one step: it is filled under another name beside, and renamed when complete. What is interrupted leaves nothing at
 * the folder's own path, and of two that make it at once the first wins.
 */
export function makeFolder(folder: string, fill: (temporary: string) => void): void {
  mkdirSync(path.dirname(folder), { recursive: true })
  const temporary = mkdtempSync(`${folder}.making-`)
  try {
    fill(temporary)
    try {
      renameSync(temporary, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
