// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** Puts a second copy of winston on the disk, as a dependency of a dependency brings it; returns its path. */
export function copyWinston(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'winston-copy-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const modules = path.join(folder, 'node_modules')
  cpSync(path.join(MODULES, 'winston'), path.join(modules, 'winston'), { recursive: true })
  for (const name of readdirSync(MODULES)) {
    if (name !== 'winston' && !name.startsWith('.')) symlinkSync(path.join(MODULES, name), path.join(modules, name))
  }
  return path.join(modules, 'winston')
}
