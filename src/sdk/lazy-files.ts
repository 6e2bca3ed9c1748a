// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'

// The build makes a file of each of these, beside the preload, so that a start neither reads nor parses them.
const requireLater = createRequire(import.meta.url)

/** The exporters. Throws where the file cannot be read any more. */
export function loadOtlp(): typeof import('./otlp.ts') {
  return requireLater('./otlp.ts')
}

/** The metrics SDK; see {@link loadOtlp}. */
export function loadMetrics(): typeof import('./meter-provider.ts') {
  return requireLater('./meter-provider.ts')
}

/** The logs SDK; see {@link loadOtlp}. */
export function loadLogs(): typeof import('./logs.ts') {
  return requireLater('./logs.ts')
}
