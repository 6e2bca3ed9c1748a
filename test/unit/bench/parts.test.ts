// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Block, measureParts } from '../../../bench/measure/parts.ts'
import { VARIANTS, type Variant } from '../../../bench/variants.ts'

const variants = VARIANTS.filter(({ name }) => name === 'none' || name === 'als-floor')
const plan = { variants, generations: 2, rounds: 2, blocks: 1, warmUp: 1_000, amount: 100 }
const NOTHING = [null, null, null]
const EVERYWHERE = ['id', 'id', 'id']

async function measured(idsOf: (variant: Variant) => Block['ids']) {
  const events: string[] = []
  const start = async (variant: Variant) => ({
    block: async (count: number) => {
      events.push(`${variant.name} ${count}`)
      return { micros: count === plan.warmUp ? 99 : 25, ids: idsOf(variant) }
    },
    [Symbol.asyncDispose]: async () => void events.push('end'),
  })
  return { events, samples: await measureParts(plan, () => {}, start) }
}

const right = ({ name }: Variant) => (name === 'none' ? NOTHING : EVERYWHERE)

describe('the parts alone', () => {
  it('are measured in alternation, after the warm-up', async () => {
    const { events, samples } = await measured(right)
    assert.deepEqual(events.slice(0, 8), [
      'none 1000',
      'als-floor 1000',
      'none 100',
      'als-floor 100',
      'none 100',
      'als-floor 100',
      'end',
      'end',
    ])
    assert.deepEqual(
      samples.filter(({ variant }) => variant === 'als-floor').map(({ round, value }) => [round, value]),
      [0, 1, 2, 3].map((round) => [round, 25]),
    )
  })

  const REFUSED: readonly (readonly [string, Block['ids']])[] = [
    ['no ID', NOTHING],
    ['no ID in the answer', ['id', 'id', null]],
    ['another ID in one of the lines', ['id', 'other', 'id']],
    ['one line', ['id', 'id']],
  ]
  for (const [what, ids] of REFUSED) {
    it(`do not count with ${what}`, async () => {
      await assert.rejects(
        measured((variant) => (variant.name === 'none' ? NOTHING : ids)),
        /als-floor did not do their job/,
      )
    })
  }

  it('do not count where the bare app has an ID', async () => {
    await assert.rejects(
      measured(() => EVERYWHERE),
      /none did not do their job/,
    )
  })
})
