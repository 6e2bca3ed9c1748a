// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Listed, OpenList } from '../../../instrumentations/open-list.ts'

interface Named extends Listed {
  readonly name: string
}

const entry = (name: string): Named => ({ name, place: -1 })
const namesIn = (list: OpenList<Named>) => [...list].map(({ name }) => name).sort()

describe('OpenList', () => {
  it('has what was added and not removed', () => {
    const list = new OpenList<Named>()
    const [a, b, c] = [entry('a'), entry('b'), entry('c')] as const
    for (const each of [a, b, c]) list.add(each)
    list.remove(a)
    assert.deepEqual(namesIn(list), ['b', 'c'])
    list.remove(c)
    assert.deepEqual([namesIn(list), list.size], [['b'], 1])
    list.add(a)
    assert.deepEqual(namesIn(list), ['a', 'b'])
  })

  it('takes each entry once, and out once', () => {
    const list = new OpenList<Named>()
    const [a, b] = [entry('a'), entry('b')] as const
    list.add(a)
    list.add(a)
    list.add(b)
    list.remove(a)
    list.remove(a)
    assert.deepEqual(namesIn(list), ['b'])
  })

  it('may lose entries while somebody goes over it', () => {
    const list = new OpenList<Named>()
    for (const name of ['a', 'b', 'c']) list.add(entry(name))
    const met: string[] = []
    for (const each of list) {
      met.push(each.name)
      list.remove(each)
    }
    assert.deepEqual([met, list.size], [['a', 'b', 'c'], 0])
  })

  it('keeps nothing of what was removed alive, were it only for the next collection of young objects', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as (options: { readonly type: 'minor' | 'major' }) => void
    const list = new OpenList<Named & { readonly load: readonly number[] }>()
    const open: (Named & { readonly load: readonly number[] })[] = []
    const churn = (count: number) => {
      for (let i = 0; i < count; i++) {
        const added = { name: '', place: -1, load: Array.from({ length: 1000 }, () => i) }
        list.add(added)
        open.push(added)
        if (open.length > 10) list.remove(open.shift() as (typeof open)[number])
      }
    }
    churn(1000)
    // What there is by now is old.
    for (const type of ['minor', 'minor', 'major'] as const) collect({ type })
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 20; i++) {
      churn(100)
      collect({ type: 'minor' })
    }
    // 2,000 entries of 8 kB: with a Map all of them stay.
    assert.ok(process.memoryUsage().heapUsed - before < 2_000_000)
  })
})
