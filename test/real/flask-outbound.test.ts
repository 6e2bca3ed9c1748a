// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createOutboundPolicy } from '../../src/propagation/outbound-policy.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { RAW_OK, type RawSinkRequest, rawRedirect, startRawSink } from '../support/raw-sink.ts'
import { mustRun, runCommand } from '../support/run-command.ts'
import { programPath } from './programs.ts'
import { FLASK_FOLDER, startStock } from './stock.ts'

const ID = 'a/secret+id'

/** The lines of a request that could carry the ID, by lower-case names. */
function carried({ head }: RawSinkRequest): Readonly<Record<string, string>> {
  const lines = head.split('\r\n').slice(1)
  const fields = lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: */, '')] as const)
  return Object.fromEntries(fields.filter(([name]) => ['x-correlation-id', 'baggage', 'traceparent'].includes(name)))
}

/** Lets the service call a sink under `host`, and returns what arrived there. */
async function callFrom(
  t: TestContext,
  propagateTo: string | undefined,
  answer: Parameters<typeof startRawSink>[0] = RAW_OK,
  extra: Readonly<Record<string, string>> = {},
): Promise<readonly RawSinkRequest[]> {
  await using telemetry = await startOtlpSink()
  const sink = await startRawSink(answer, { host: '::' })
  t.after(() => sink.close())
  const env = { NOTIFIER_URL: `http://127.0.0.2:${sink.port}`, CORRELATION_PROPAGATE_TO: propagateTo, ...extra }
  const app = await startStock(t, { sink: telemetry, env })
  const headers = { 'x-correlation-id': ID, baggage: `tenant=blue,correlation.id=${encodeURIComponent(ID)}` }
  const { status } = await app.request('/stock/tea', { headers })
  assert.equal(status, 200)
  return sink.requests
}

const WITH_ID = { 'x-correlation-id': ID, baggage: `correlation.id=${encodeURIComponent(ID)},tenant=blue` }
const WITHOUT = { baggage: 'tenant=blue' }

const CASES: Readonly<Record<string, readonly [propagateTo: string | undefined, isSent: boolean]>> = {
  'by default, to an internal host': [undefined, true],
  'to a host that is named': ['127.0.0.2', true],
  'to all': ['all', true],
  'not to another host': ['127.0.0.1,shop', false],
  'to nobody': ['none', false],
}

describe('calls of the Flask service', () => {
  for (const [title, [propagateTo, isSent]] of Object.entries(CASES)) {
    it(`carry the ID ${title}`, async (t) => {
      const [request] = await callFrom(t, propagateTo)
      const { traceparent, ...others } = carried(request as RawSinkRequest)
      assert.match(traceparent ?? '', /^00-/)
      assert.deepEqual(others, isSent ? WITH_ID : WITHOUT)
      if (!isSent) assert.doesNotMatch(JSON.stringify(request), /secret/)
    })
  }

  for (const [propagateTo, isSent] of [
    ['127.0.0.2', false],
    ['127.0.0.2,127.0.0.3', true],
  ] as const) {
    it(`carry it ${isSent ? '' : 'not '}over a redirect, where ${propagateTo} may have it`, async (t) => {
      const isFirst = ({ head }: RawSinkRequest) => head.includes('/notifications ')
      const redirect = (request: RawSinkRequest) => {
        const [, port = ''] = /\r\nhost: [^:]+:(\d+)/i.exec(request.head) ?? []
        return isFirst(request) ? rawRedirect(`http://127.0.0.3:${port}/elsewhere`, 307) : RAW_OK
      }
      const [first, second] = await callFrom(t, propagateTo, redirect)
      const { traceparent: _, ...before } = carried(first as RawSinkRequest)
      const { traceparent: __, ...after } = carried(second as RawSinkRequest)
      assert.deepEqual([before, after], [WITH_ID, isSent ? WITH_ID : WITHOUT])
    })
  }

  for (const [proxy, isSent] of [
    ['127.0.0.3', false],
    ['127.0.0.4', true],
  ] as const) {
    it(`carry it ${isSent ? '' : 'not '}through a proxy that may ${isSent ? '' : 'not '}have it`, async (t) => {
      const through = await startRawSink(RAW_OK, { host: '::' })
      t.after(() => through.close())
      const env = {
        http_proxy: `http://${proxy}:${through.port}`,
        NOTIFIER_URL: 'http://127.0.0.2:1',
        NO_PROXY: '127.0.0.1',
      }
      await callFrom(t, '127.0.0.2,127.0.0.4', RAW_OK, env)
      const { traceparent: _, ...others } = carried(through.requests[0] as RawSinkRequest)
      assert.deepEqual(others, isSent ? WITH_ID : WITHOUT)
    })
  }
})

/** What another client library would send: it asks the propagator as well, and has no session of ours. */
const OTHER_CLIENT = `
import json, app, correlation
from opentelemetry import context, propagate
context.attach(propagate.extract({"X-Correlation-ID": "order-1", "baggage": "tenant=blue,correlation.id=order-1"}))
headers = {}
propagate.inject(headers)
print(json.dumps([correlation.current_id(), headers]))
`

it('a client that correlation.py does not know sends nothing of the ID', () => {
  const env = { OTEL_SDK_DISABLED: 'true', CORRELATION_PROPAGATE_TO: undefined }
  const { stdout } = mustRun(programPath('python'), ['-B', '-c', OTHER_CLIENT], { cwd: FLASK_FOLDER, env })
  assert.deepEqual(JSON.parse(stdout), ['order-1', { baggage: 'tenant=blue' }])
})

const URLS: Readonly<Record<string, boolean>> = {
  'http://127.0.0.1:5000/': true,
  'http://[::1]:5000/': true,
  'http://10.1.2.3/': true,
  'http://172.16.0.1/': true,
  'http://172.32.0.1/': false,
  'http://192.168.1.1/': true,
  'http://8.8.8.8/': false,
  'http://169.254.169.254/latest': false,
  'http://168.63.129.16/': false,
  'http://100.100.100.200/': false,
  'http://[fd00:ec2::254]/': false,
  'http://0.0.0.0/': false,
  'http://134744072/': false,
  'http://0x8080808/': false,
  'http://notifier:8080/': true,
  'http://NOTIFIER./': true,
  'http://metadata/': false,
  'http://metadata.google.internal/': false,
  'http://shop.default.svc/': true,
  'http://shop.default.svc.cluster.local/': true,
  'http://svc.example.com/': false,
  'http://example.com/': false,
  'http://notifier@example.com/': false,
  'http://example.com#notifier/': false,
  'http://notifier%2eexample%2ecom/': false,
  'http:///notifier': false,
}

describe('the hosts that the Flask service sends the ID to', () => {
  it('are internal ones by default, and none that Node.js would not send it to', () => {
    const program =
      'import json, sys, outbound_hosts; print(json.dumps([outbound_hosts.may_get_the_id(url) for url in json.load(sys.stdin)]))'
    const args = ['-B', '-c', program.replace('json.load(sys.stdin)', JSON.stringify(Object.keys(URLS)))]
    const { stdout } = mustRun(programPath('python'), args, {
      cwd: FLASK_FOLDER,
      env: { CORRELATION_PROPAGATE_TO: undefined },
    })
    const answers = JSON.parse(stdout) as readonly boolean[]
    assert.deepEqual(Object.fromEntries(Object.keys(URLS).map((url, index) => [url, answers[index]])), URLS)

    const { policy } = createOutboundPolicy(['internal'])
    for (const [url, isAllowed] of Object.entries(URLS)) {
      if (isAllowed) assert.ok(policy.allows(new URL(url).hostname), url)
    }
  })

  for (const entry of ['!partner.internal', '10.0.0.0/8', 'shop:8080', 'internal,,shop', 'https://shop']) {
    it(`are not guessed: ${entry} ends the start`, () => {
      const env = { CORRELATION_PROPAGATE_TO: entry }
      const { code, stderr } = runCommand(programPath('python'), ['-B', '-c', 'import outbound_hosts'], {
        cwd: FLASK_FOLDER,
        env,
      })
      assert.equal(code, 1)
      assert.match(stderr, /^ValueError: CORRELATION_PROPAGATE_TO has an entry that is none of: /m)
    })
  }
})
