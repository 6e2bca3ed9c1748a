// SPDX-License-Identifier: Apache-2.0
import { runInThisContext } from 'node:vm'

/**
 * Some hundred thousand times what an ordinary pattern needs, so that a loaded machine changes no answer; nested
 * repetitions (`(a+)+`) need hours. They would stop the start here, and any request later that knows how to ask.
 */
const TIMEOUT_MS = 1000

/**
 * Tells whether a pattern backtracks without end on one of the texts. Only the `vm` module can interrupt a regular
 * expression. Throws where V8 compiles a pattern at its first run only and then cannot.
 */
export function isSlow(pattern: RegExp, texts: readonly string[]): boolean {
  const code = `for (const text of ${JSON.stringify(texts)}) new RegExp(${JSON.stringify(pattern.source)}).test(text)`
  try {
    runInThisContext(code, { timeout: TIMEOUT_MS })
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return true
    throw error
  }
}
