// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url'
import { versionAt } from './api-version.ts'

const IN_API = /[\\/]@opentelemetry[\\/]api[\\/]/
const LOCATION = /((?:file:\/\/)?\/[^()]+|[A-Za-z]:\\[^()]+):\d+:\d+\)?$/

/** Finds the version of the copy of `@opentelemetry/api` that is calling, two frames up. Only while one registers. */
export function callerApiVersion(): string | undefined {
  try {
    for (const line of stackLines()) {
      const location = LOCATION.exec(line)?.[1]
      if (location === undefined) continue
      const file = location.startsWith('file:') ? fileURLToPath(location) : location
      if (!IN_API.test(file)) continue
      const version = versionAt(file)
      return version?.startsWith('1.') === true ? version : undefined
    }
  } catch {
    // A copy that is bundled into the application has no manifest of its own.
  }
  return undefined
}

function stackLines(): readonly string[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Reflect.set(Error, 'prepareStackTrace', undefined)
    Error.stackTraceLimit = 8
    return (new Error().stack ?? '').split('\n').slice(2)
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace)
    Error.stackTraceLimit = stackTraceLimit
  }
}
