// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs'
import path from 'node:path'
import { buildInto } from './build/build-into.ts'
import { swapFolder } from './build/swap-folder.ts'

/** `npm run build`: makes `dist` anew, and leaves the old one in place until the new one is whole. */
const root = path.join(import.meta.dirname, '..')
// Beside dist and as deep, so that the source maps, whose paths are relative, are right after the move.
const fresh = path.join(root, `dist.${process.pid}`)
try {
  await buildInto(root, fresh)
  swapFolder(fresh, path.join(root, 'dist'))
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
