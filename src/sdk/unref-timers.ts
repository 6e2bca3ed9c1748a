// SPDX-License-Identifier: Apache-2.0
import { setInterval as nodeSetInterval, setTimeout as nodeSetTimeout } from 'node:timers'

/**
 * The build puts these in place of the global timers in everything that goes into the preload: no retry, export deadline
 * or interval of an SDK package may keep a finished application alive. What must wait imports `node:timers`.
 */
export function setTimeout(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): NodeJS.Timeout {
  return nodeSetTimeout(callback, delay, ...args).unref()
}

/** See {@link setTimeout}. */
export function setInterval(
  callback: (...args: unknown[]) => void,
  delay?: number,
  ...args: unknown[]
): NodeJS.Timeout {
  return nodeSetInterval(callback, delay, ...args).unref()
}
