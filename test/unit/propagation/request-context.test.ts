// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Baggage,
  type Context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  type Span,
  trace,
} from '@opentelemetry/api'
import { getRPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core'
import fc from 'fast-check'
import { getId, KEY_CORRELATION_ID } from '../../../src/correlation/context.ts'
import { createRequestState, getRequestState, KEY_REQUEST_STATE } from '../../../src/correlation/request-state.ts'
import { dropBaggageEntry, KEY_BAGGAGE_BEHIND, putBaggageEntry } from '../../../src/propagation/baggage-entry.ts'
import { RequestContext } from '../../../src/propagation/request-context.ts'
import { adopted } from '../correlation/decide-cases.ts'

const ENTRY = 'correlation.id'
const state = createRequestState(adopted('a-1'), undefined, undefined)
const spanOf = (digit: string): Span =>
  trace.wrapSpanContext({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 })
const rpcOf = (digit: string) => ({ type: RPCType.HTTP as const, span: spanOf(digit) })
const baggageOf = (entries: Readonly<Record<string, string>>): Baggage =>
  propagation.createBaggage(Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, { value }])))

/** The API does not export its keys: a context that was written to shows them. */
const keyOf = (write: (context: Context) => Context): symbol =>
  [
    ...(write(ROOT_CONTEXT) as unknown as { _currentContext: ReadonlyMap<symbol, unknown> })._currentContext.keys(),
  ][0] as symbol
const KEY_BAGGAGE = keyOf((context) => propagation.setBaggage(context, baggageOf({})))
const KEYS = {
  span: keyOf((context) => trace.setSpan(context, spanOf('1'))),
  rpc: keyOf((context) => setRPCMetadata(context, rpcOf('1'))),
  id: KEY_CORRELATION_ID,
  state: KEY_REQUEST_STATE,
  baggage: KEY_BAGGAGE,
  other: createContextKey('other'),
  another: Symbol('another'),
}

/** What the API's own context would be: each value is set at once. */
function plainContext(base: Context, baggageKey: string | undefined): Context {
  const context = base.setValue(KEYS.id, state.id).setValue(KEYS.state, state)
  return baggageKey === undefined ? context : putBaggageEntry(context, baggageKey, state.id)
}

const entriesOf = (context: Context) => propagation.getBaggage(context)?.getAllEntries()

function readsOf(context: Context): readonly unknown[] {
  const values = Object.entries(KEYS).filter(([name]) => name !== 'baggage')
  return [...values.map(([name, key]) => [name, context.getValue(key)]), ['baggage', entriesOf(context)]]
}

const value = fc.constantFrom<unknown>(undefined, null, 0, 'text', spanOf('3'), rpcOf('4'), state)
const baggage = fc.option(
  fc
    .dictionary(fc.constantFrom('a', 'b', ENTRY), fc.constantFrom('1', '2', state.id), { noNullPrototype: true })
    .map(baggageOf),
  { nil: undefined },
)
/** The baggage is what its readers can read. */
const written = fc.oneof(
  fc.tuple(fc.constantFrom(...Object.values(KEYS).filter((key) => key !== KEY_BAGGAGE)), value),
  fc.tuple(fc.constant(KEY_BAGGAGE), baggage),
)
type Step = (contexts: readonly Context[]) => Context | undefined
const step: fc.Arbitrary<Step> = fc.tuple(fc.nat(), fc.constantFrom('set', 'delete', 'read'), written).map(
  ([which, kind, [key, given]]): Step =>
    (contexts) => {
      const context = contexts[which % contexts.length] as Context
      if (kind === 'set') return context.setValue(key, given)
      if (kind === 'delete') return context.deleteValue(key)
      context.getValue(key)
      return undefined
    },
)
const base = fc
  .tuple(fc.boolean(), fc.array(written, { maxLength: 3 }))
  .map(([isRoot, values]) =>
    isRoot ? ROOT_CONTEXT : values.reduce((context, [key, given]) => context.setValue(key, given), ROOT_CONTEXT),
  )

describe('RequestContext', () => {
  it('property: reads as the API’s own context does, and no step changes an older one', () => {
    fc.assert(
      fc.property(base, fc.constantFrom(ENTRY, undefined), fc.array(step, { maxLength: 8 }), (below, entry, steps) => {
        const ours: Context[] = [RequestContext.create(below, state, entry)]
        const plain: Context[] = [plainContext(below, entry)]
        for (const take of steps) {
          const own = take(ours)
          const expected = take(plain)
          if (own !== undefined) ours.push(own)
          if (expected !== undefined) plain.push(expected)
        }
        assert.deepEqual(ours.map(readsOf), plain.map(readsOf))
        // What was read first is what is read again.
        assert.deepEqual(ours.map(readsOf), plain.map(readsOf))
      }),
      { numRuns: 2000 },
    )
  })

  it('has a span and RPC metadata beside what it had', () => {
    const before = RequestContext.create(ROOT_CONTEXT.setValue(KEYS.other, 'x'), state, ENTRY)
    const rpc = rpcOf('1')
    const withBoth = before.withSpan(spanOf('1'), rpc)
    const withSpan = withBoth.withSpan(spanOf('2'), undefined)
    assert.equal(getRPCMetadata(withBoth), rpc)
    assert.equal(getRPCMetadata(withSpan), rpc)
    assert.equal(trace.getSpan(withSpan)?.spanContext().traceId, '2'.repeat(32))
    assert.equal(trace.getSpan(before), undefined)
    assert.equal(getRPCMetadata(before), undefined)
    assert.deepEqual(
      [
        getId(withSpan),
        getRequestState(withSpan) === state,
        withSpan.getValue(KEYS.other),
        entriesOf(withSpan)?.length,
      ],
      ['a-1', true, 'x', 1],
    )
  })
})

describe('the baggage of a request', () => {
  const BASES: Readonly<Record<string, readonly [known: Baggage | undefined, entries: unknown]>> = {
    'is our entry alone': [undefined, [[ENTRY, { value: 'a-1' }]]],
    'has our entry first, and keeps the others': [
      baggageOf({ a: '1', b: '2' }),
      [
        [ENTRY, { value: 'a-1' }],
        ['a', { value: '1' }],
        ['b', { value: '2' }],
      ],
    ],
    'has our value for what the client sent under our name': [
      baggageOf({ a: '1', [ENTRY]: 'the-clients' }),
      [
        [ENTRY, { value: 'a-1' }],
        ['a', { value: '1' }],
      ],
    ],
  }
  for (const [name, [known, entries]] of Object.entries(BASES)) {
    const below = known === undefined ? ROOT_CONTEXT : propagation.setBaggage(ROOT_CONTEXT, known)
    it(name, () => {
      const context = RequestContext.create(below, state, ENTRY)
      assert.deepEqual(entriesOf(context), entries)
      assert.equal(propagation.getBaggage(context), propagation.getBaggage(context))
      assert.deepEqual(entriesOf(below), known?.getAllEntries())
    })

    it(`${name}; without it, it is what came in but for ours, read before or not`, () => {
      const others = (known?.getAllEntries() ?? []).filter(([key]) => key !== ENTRY)
      const context = RequestContext.create(below, state, ENTRY)
      const left = () => entriesOf(dropBaggageEntry(context, ENTRY)) ?? []
      assert.deepEqual(left(), others)
      assert.notEqual(context.getValue(KEY_BAGGAGE_BEHIND), undefined)
      assert.deepEqual(entriesOf(context), entries)
      assert.equal(context.getValue(KEY_BAGGAGE_BEHIND), undefined)
      assert.deepEqual(left(), others)
    })
  }

  it('is left alone where no entry is configured', () => {
    const known = baggageOf({ a: '1' })
    const below = propagation.setBaggage(ROOT_CONTEXT, known)
    assert.equal(propagation.getBaggage(RequestContext.create(below, state, undefined)), known)
    assert.equal(propagation.getBaggage(RequestContext.create(ROOT_CONTEXT, state, undefined)), undefined)
  })

  it('is what the application sets, or nothing once it deletes it', () => {
    const context = RequestContext.create(ROOT_CONTEXT, state, ENTRY)
    const own = baggageOf({ a: '1' })
    assert.equal(propagation.getBaggage(propagation.setBaggage(context, own)), own)
    assert.equal(propagation.getBaggage(propagation.deleteBaggage(context)), undefined)
    assert.deepEqual(entriesOf(context), [[ENTRY, { value: 'a-1' }]])
  })
})
