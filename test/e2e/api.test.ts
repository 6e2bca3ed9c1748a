// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Preload, runApp } from '../support/run-app.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const both = (id: string) => [id, id]

/** What each entry of the fixture's line must be. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  outside: [null, null],
  given: both('given-1'),
  givenByTheOther: both('given-2'),
  nested: [both('inner-1'), both('outer-1')],
  later: both('later-1'),
  throws: 'its own',
  afterwards: [null, null],
  bound: ['its this', 'an argument', 'bound-1'],
  boundElsewhere: ['its this', 'an argument', 'bound-1'],
  carrier: { own: 'kept', baggage: 'correlation.id=carrier-1,tenant=7', 'x-correlation-id': 'carrier-1' },
  carrierOutside: {},
  same: true,
  twice: { baggage: 'correlation.id=twice-1,a=1', 'x-correlation-id': 'twice-1' },
  roundTrip: 'carrier-1',
  roundTripOfTheOther: both('carrier-1'),
  fromBaggage: 'baggage-1',
  anyCase: 'case-1',
  bytes: 'bytes-1',
  allBytes: [
    'bytes-2',
    {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      baggage: 'correlation.id=bytes-2,tenant=7',
      'x-correlation-id': 'bytes-2',
    },
  ],
  list: 'list-1',
  nothingWithin: ['within-1', 'within-1', 'within-1', 'within-1'],
}

async function runScript(fixture: string, preload: Preload, args: readonly string[] = [], env = {}) {
  const app = await runApp({ fixture, preload, args, env, serve: false })
  assert.deepEqual([await app.exited, app.stderr], [{ code: 0, signal: null }, ''])
  return app.logs[0] as Record<string, unknown>
}

function check(line: Record<string, unknown>): void {
  for (const [name, expected] of Object.entries(EXPECTED)) assert.deepEqual(line[name], expected, name)
  const generated = [line['generated'], ...(line['malformed'] as unknown[])] as string[][]
  for (const [one, other] of generated) {
    assert.match(one as string, UUID)
    assert.equal(other, one)
  }
  for (const id of line['nothing'] as string[]) assert.match(id, UUID)
}

describe('the public functions', { concurrency: 2 }, () => {
  for (const [name, env] of Object.entries({
    'with our SDK': {},
    'with the SDK disabled': { OTEL_SDK_DISABLED: 'true' },
    'with tracing off': { OTEL_TRACES_EXPORTER: 'none' },
  })) {
    it(`${name}: they agree, whether imported or required`, async () => {
      check(await runScript('api.mjs', 'import', [], env))
    })
  }

  it('use the configuration of the preload', async () => {
    const env = {
      CORRELATION_ID_FORMAT: 'hex32',
      CORRELATION_OUTBOUND_HEADER: 'x-a-id,x-b-id',
      CORRELATION_BAGGAGE_KEY: 'none',
      CORRELATION_ID_MAX_LENGTH: '32',
      CORRELATION_HEADERS: 'x-a-id',
    }
    const line = await runScript('api.mjs', 'import', [], env)
    for (const id of line['generated'] as string[]) assert.match(id, /^[0-9a-f]{32}$/)
    assert.deepEqual(line['given'], both('given-1'))
    assert.deepEqual(line['carrier'], {
      own: 'kept',
      baggage: 'tenant=7',
      'x-a-id': 'carrier-1',
      'x-b-id': 'carrier-1',
    })
    assert.equal(line['roundTrip'], 'carrier-1')
  })

  it('control: without the preload they run what they are given, and there is no ID to see', async () => {
    const line = await runScript('api.mjs', 'none')
    assert.throws(() => check(line))
    assert.deepEqual([line['given'], line['later'], line['throws']], [[null, null], [null, null], 'its own'])
    assert.deepEqual(line['bound'], ['its this', 'an argument', null])
  })

  it('CORRELATION_ENABLED=false is as without the preload', async () => {
    const env = { CORRELATION_ENABLED: 'false' }
    const [off, none] = [await runScript('api.mjs', 'import', [], env), await runScript('api.mjs', 'none')]
    assert.deepEqual(off, none)
  })
})

describe('loading the package', () => {
  for (const way of ['import', 'require']) {
    it(`${way}: no side effect, and no SDK`, async () => {
      const line = await runScript('import-only.mjs', 'none', [way])
      assert.equal(line['same'], true)
      const loaded = (line['loaded'] as string[]).filter((url) => !url.startsWith('node:'))
      assert.ok(loaded.some((url) => /\/dist\/index\.[cm]js$/.test(url)))
      const others = loaded.filter((url) => !/\/dist\/index\.[cm]js$|node_modules\/@opentelemetry\/api\//.test(url))
      assert.deepEqual(others, [])
      assert.deepEqual((line['names'] as string[]).filter((name) => name !== 'module.exports').sort(), [
        'CorrelationLogRecordProcessor',
        'CorrelationPropagator',
        'CorrelationSpanProcessor',
        'bindCorrelationId',
        'correlationErrorHandler',
        'getCorrelationId',
        'injectCorrelation',
        'start',
        'withCorrelationId',
        'withExtractedCorrelation',
      ])
    })
  }

  it('control: the check sees the side effects of `start`', async () => {
    const line = await runScript('import-only.mjs', 'none', ['import', 'start'])
    assert.equal(line['same'], false)
    assert.ok((line['loaded'] as string[]).some((url) => url.endsWith('/dist/preload.cjs')))
  })
})

describe('start()', { concurrency: 2 }, () => {
  for (const fixture of ['start.mjs', 'start.cjs']) {
    it(`${fixture}: starts once, with the variables given`, async (t) => {
      const app = await runApp({ fixture, preload: 'none', t })
      const { headers } = await app.request('/', { headers: { 'x-own-id': 'abc-1' } })
      assert.equal(headers['x-own-id'], 'abc-1')
      assert.equal(headers['x-second-id'], undefined)
      assert.equal(app.stderr, '')
    })

    it(`${fixture}: does nothing beside the preload`, async (t) => {
      const app = await runApp({ fixture, preload: 'import', t })
      const { headers } = await app.request('/', { headers: { 'x-own-id': 'abc-1' } })
      assert.equal(headers['x-own-id'], undefined)
      assert.match(headers['x-correlation-id'] as string, UUID)
      assert.equal(app.stderr, '')
    })
  }
})
