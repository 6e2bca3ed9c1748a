// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CountedProcess, countInstructions } from '../../../bench/measure/instructions.ts'
import { ROUTES } from '../../../bench/measure/routes.ts'
import { countOf } from '../../../bench/processes/counted-app.ts'
import type { LoadOrder } from '../../../bench/processes/load.ts'
import type { Surroundings } from '../../../bench/processes/surroundings.ts'
import { VARIANTS } from '../../../bench/variants.ts'

const variants = VARIANTS.filter(({ name }) => ['none', 'stock'].includes(name))
const routes = ROUTES.filter(({ name }) => ['plain', 'http'].includes(name))
const plan = {
  variants,
  routes,
  formats: ['cjs', 'esm'],
  generations: 2,
  segments: 5,
  warmUp: 100,
  amount: 10,
} as const
const PER_REQUEST = { none: 250, stock: 850 } as const
/** What V8 compiles in one of the segments. */
const COMPILED = 1_000

/** Apps whose requests take so many instructions each, and one segment in five more. */
function scene() {
  const events: string[] = []
  const counts = new Map<string, number>()
  let segments = 0
  const lane = (name: string): Surroundings =>
    ({
      load: async ({ url, amount, connections }: LoadOrder) => {
        const { hostname, pathname } = new URL(url)
        assert.equal(connections, 1)
        if (amount === plan.amount) segments += 1
        events.push(`${name}: ${hostname} ${pathname} ${amount}`)
        const each = PER_REQUEST[hostname.split('-')[0] as 'none' | 'stock']
        counts.set(hostname, (counts.get(hostname) ?? 0) + amount * each + (segments % 5 === 0 ? COMPILED : 0))
        return { answered: amount, failed: 0 }
      },
    }) as unknown as Surroundings
  const start = async ({ variant, format, generation }: CountedProcess) => {
    const host = `${variant.name}-${format}-${generation}`
    events.push(`start ${host}`)
    return {
      url: `http://${host}`,
      stderr: '',
      instructions: async () => {
        const count = counts.get(host) ?? 0
        counts.set(host, 0)
        return count
      },
      [Symbol.asyncDispose]: async () => void events.push(`end ${host}`),
    }
  }
  return { events, lane, start }
}

describe('the instructions of a request', () => {
  it('are those of a segment, without the warm-up and without what comes in few segments', async () => {
    const { lane, start } = scene()
    const found = await countInstructions(plan, [lane('a')], () => {}, start)
    for (const format of plan.formats) {
      for (const { name } of routes) {
        const samples = (found[format]?.[name] ?? []).toSorted((a, b) => a.round - b.round)
        assert.deepEqual(samples, [
          { variant: 'stock', round: 0, value: 850 },
          { variant: 'none', round: 0, value: 250 },
          { variant: 'stock', round: 1, value: 850 },
          { variant: 'none', round: 1, value: 250 },
        ])
      }
    }
  })

  it('are counted in as many processes at once as there are surroundings, each once in a generation', async () => {
    const { events, lane, start } = scene()
    await countInstructions(plan, [lane('a'), lane('b')], () => {}, start)
    const started = events.filter((event) => event.startsWith('start'))
    assert.equal(new Set(started).size, 8)
    assert.deepEqual(events.slice(0, 2), ['start stock-cjs-0', 'start stock-esm-0'])
    assert.ok(events.some((event) => event.startsWith('b: stock-esm-0')))
    assert.equal(events.filter((event) => event.startsWith('end')).length, 8)
  })

  it('are not those of an app that does not answer', async () => {
    const { events, start } = scene()
    const lane = { load: async () => ({ answered: 0, failed: 1 }) } as unknown as Surroundings
    await assert.rejects(
      countInstructions(plan, [lane], () => {}, start),
      /0 were answered and 1 failed/,
    )
    assert.deepEqual(events, ['start stock-cjs-0', 'end stock-cjs-0'])
  })
})

describe('a dump of callgrind', () => {
  it('has its sum in its head', () => {
    const dump = 'version: 1\npart: 2\nevents: Ir\nsummary: 270331359\n\nfn=(1) summary: 5\n0 summary: 7\n'
    assert.equal(countOf(dump), 270_331_359)
  })

  it('is refused without one', () => assert.throws(() => countOf('events: Ir\n'), /no `summary` line/))
})
