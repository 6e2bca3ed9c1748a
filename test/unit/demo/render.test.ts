// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printable, renderTimeline } from '../../../examples/demo/render.ts'
import { buildTimeline } from '../../../examples/demo/timeline.ts'
import { SALE_ID, SALE_LINES, SALE_SPANS, saleLine } from './recorded-sale.ts'

describe('renderTimeline()', () => {
  it('prints one line an entry, indented by parent', () => {
    assert.equal(
      renderTimeline(buildTimeline(SALE_ID, SALE_SPANS, SALE_LINES)),
      `
    0.0 ms  shop     ▸ GET /checkout/:item  server  502  ERROR  (14.8 ms)
    0.5 ms  shop       · info: checkout of tea
    0.5 ms  shop       ▸ handler  (1.0 ms)
    2.6 ms  shop       ▸ GET http://pricing/prices/tea  client  200  (6.9 ms)
    3.9 ms  pricing      ▸ GET /prices/tea  server  200  (4.6 ms)
    3.9 ms  pricing        · info: looking up tea
   10.5 ms  shop       · info: tea costs 6`.slice(1),
    )
  })

  it('says when there is nothing', () => {
    assert.match(renderTimeline(buildTimeline(SALE_ID, [], [])), /\(empty: no log line and no span carries this ID\)/)
  })

  it('does not let a log line speak to the terminal', () => {
    const line = saleLine('shop', undefined, 0, 'two\nlines \x1b[31mred \x9b31m')
    const text = renderTimeline(buildTimeline(SALE_ID, [], [line]))
    assert.equal(text, '   0.0 ms  shop  · info: two\\x0alines \\x1b[31mred \\x9b31m')
  })
})

describe('printable()', () => {
  it('leaves letters of all scripts alone', () => {
    assert.equal(printable('Grüße, 世界'), 'Grüße, 世界')
  })
})
