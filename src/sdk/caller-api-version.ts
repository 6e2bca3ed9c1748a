// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const LOCATION = /((?:file:\/\/)?\/[^()]+|[A-Za-z]:\\[^()]+):\d+:\d+\)?$/

/** Finds the version of the copy of `@opentelemetry/api` that is calling, two frames up. Only while one registers. */
export function callerApiVersion(): string | undefined {
  try {
    for (const line of stackLines()) {
      const location = LOCATION.exec(line)?.[1]
      if (location === undefined) continue
      const file = location.startsWith('file:') ? fileURLToPath(location) : location
      const at = file.lastIndexOf(`${path.sep}@opentelemetry${path.sep}api${path.sep}`)
      if (at === -1) continue
      const root = file.slice(0, at + '/@opentelemetry/api'.length)
      const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
        readonly version?: string
      }
      return manifest.version?.startsWith('1.') === true ? manifest.version : undefined
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
