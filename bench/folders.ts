// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..')
export const BENCH = import.meta.dirname
/** Everything that a run leaves behind and another may use. */
export const CACHE = path.join(ROOT, '.cache/bench')

/** Where a variant is installed; the app's files are copied there, so that it finds its packages as a user's app does. */
export const installFolder = (install: string): string => path.join(CACHE, 'variants', install)
