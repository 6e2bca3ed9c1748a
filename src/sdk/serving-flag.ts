// SPDX-License-Identifier: Apache-2.0
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const KEY = '@org/correlation.serving'

interface Inherited {
  readonly memory: SharedArrayBuffer
  readonly origin: string
}

/**
 * A number that is 0 until the process serves, shared with the threads that start with the same environment: a pool that a server fills
 * would else work for all requests under the ID that the server was started with. A thread that was given an environment of its own has a flag of its own.
 *
 * @param origin - What the environment carries.
 */
export function servingFlag(origin: string): Int32Array {
  const inherited = getEnvironmentData(KEY) as unknown as Inherited | undefined
  if (inherited?.origin === origin && inherited.memory instanceof SharedArrayBuffer) {
    return new Int32Array(inherited.memory)
  }
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  setEnvironmentData(KEY, { memory, origin } as never)
  return new Int32Array(memory)
}
