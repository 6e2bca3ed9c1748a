// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMemory } from '../../../bench/measure/memory.ts'

const MIB = 2 ** 20

describe('the memory of a process', () => {
  it('is what it was, what is alive after a collection, and what it has after a pause', async () => {
    const asked: string[] = []
    const readings = [200, 199, 90, 80, 250, 81, 82]
    const usage = async (withHeap = false) => {
      asked.push(withHeap ? 'collect' : 'read')
      return { cpuMicros: 0, rssBytes: (readings.shift() ?? 0) * MIB, heapBytes: 12 * MIB }
    }
    const pause = async (ms: number) => void asked.push(ms >= 1_000 ? 'wait' : 'next')
    assert.deepEqual(await readMemory({ usage }, pause), { loaded: 200, heap: 12, rss: 82 })
    assert.deepEqual(asked.slice(0, 5), ['read', 'collect', 'wait', 'read', 'next'])
  })
})
