// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quiet } from '../../../bench/measure/quiet.ts'

/** A process that has used so much each time it is asked; the last goes on. */
function processOf(...readings: readonly number[]) {
  const left = [...readings]
  const usage = async () => {
    const cpuMicros = (left.length > 1 ? left.shift() : left[0]) ?? 0
    return { cpuMicros, rssBytes: 0, heapBytes: 0 }
  }
  return { usage }
}

describe('a process that is waited for', () => {
  it('is quiet once it used next to nothing in a pause', async () => {
    const { cpuMicros } = await quiet(processOf(0, 20_000, 50_000, 50_100, 90_000))
    assert.equal(cpuMicros, 50_100)
  })

  it('is not waited for longer than it is worth', async () => {
    let cpuMicros = 0
    const usage = async () => {
      cpuMicros += 50_000
      return { cpuMicros, rssBytes: 0, heapBytes: 0 }
    }
    assert.equal((await quiet({ usage })).cpuMicros, cpuMicros)
  })
})
