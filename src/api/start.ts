// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'

/** Options of {@link start}. */
export interface StartOptions {
  /**
   * Variables that take precedence over the environment, such as `{ CORRELATION_PROPAGATE_TO: 'internal' }`. The exporters
   * read their `OTEL_EXPORTER_*` variables from the environment itself.
   * @defaultValue `{}`
   */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Starts what `@org/correlation/register` starts, from code.
 *
 * @remarks
 * The preload is the better way: it runs before the application has loaded anything. Called from code, this must stand
 * before the first import of express and winston. A second call, or a call beside the preload, does nothing.
 *
 * @param options - See {@link StartOptions}.
 * @throws Nothing: what goes wrong is one line on standard error, and the application runs without it.
 *
 * @public
 */
export function start(options: StartOptions = {}): void {
  const { preload } = createRequire(import.meta.url)('./preload.cjs') as typeof import('../preload.ts')
  preload({ ...process.env, ...options.env })
}
