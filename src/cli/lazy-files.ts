// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'

// The build makes a file of it, beside the preload: no application's start reads it. See `src/sdk/lazy-files.ts`.
const requireLater = createRequire(import.meta.url)

/** What `correlation run` needs of the preload that runs in its own process. Throws where the file cannot be read. */
export function loadRunScope(): typeof import('./run-scope.ts') {
  return requireLater('./run-scope.ts')
}
