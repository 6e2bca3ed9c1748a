// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Figure } from '../../../bench/figures.ts'
import type { RequestPlan } from '../../../bench/measure/request.ts'
import { type Measure, measureAgain } from '../../../bench/measure-again.ts'
import type { Stage } from '../../../bench/perform.ts'
import { SHORT } from '../../../bench/plan.ts'
import { VARIANTS } from '../../../bench/variants.ts'

const again = { plan: SHORT, variants: VARIANTS, surroundings: {}, progress: () => {} } as unknown as Stage
const sample = (variant: string, round: number, value: number) => ({ variant, round, value })
const requests = {
  cjs: { routes: { plain: [sample('none', 0, 50), sample('none', 1, 50)] }, cold: [] },
  esm: {
    routes: { plain: [sample('none', 0, 50)], fetch: [sample('none', 0, 50), sample('none', 1, 50)] },
    cold: [sample('none', 0, 900)],
  },
}
const doubt = (figure: string, variant: string): Figure => ({ figure, variant, value: 1, noise: 0 })

function recorder() {
  const plans: RequestPlan[] = []
  const measure: Measure = async (plan) => {
    plans.push(plan)
    const samples = plan.variants.map(({ name }) => sample(name, plan.from, 70))
    return { routes: Object.fromEntries(plan.routes.map(({ name }) => [name, samples])), cold: [sample('none', 9, 1)] }
  }
  return { plans, measure }
}

describe('measured again', async () => {
  const { plans, measure } = recorder()
  const figures = [
    doubt('request.esm.fetch', 'ours-correlation-only'),
    doubt('disk.mib', 'ours'),
    doubt('request.esmx.fetch', 'ours'),
  ]
  const found = await measureAgain(requests, figures, again, measure)

  it('is what is in doubt, with what it is compared with, in fresh processes', () => {
    assert.deepEqual(
      plans.map(({ format, routes, variants, generations, from }) => [
        format,
        routes.map(({ name }) => name),
        variants.map(({ name }) => name),
        generations,
        from,
      ]),
      [['esm', ['fetch'], ['none', 'none-again', 'stock', 'ours-correlation-only'], 2, 2]],
    )
  })

  it('is added to the rounds that there are', () => {
    const values = found['esm']?.routes['fetch']?.map(({ variant, round, value }) => [variant, round, value])
    assert.deepEqual(values?.slice(0, 3), [
      ['none', 0, 50],
      ['none', 1, 50],
      ['none', 2, 70],
    ])
    assert.equal(values?.length, 6)
  })

  it('changes nothing else', () => {
    assert.deepEqual(found['cjs'], requests.cjs)
    assert.deepEqual(found['esm']?.routes['plain'], requests.esm.routes.plain)
    assert.deepEqual(found['esm']?.cold, requests.esm.cold)
  })

  it('is nothing where requests are not in doubt', async () => {
    const other = recorder()
    assert.deepEqual(await measureAgain(requests, [doubt('start.cpu', 'ours')], again, other.measure), requests)
    assert.deepEqual(other.plans, [])
  })
})
