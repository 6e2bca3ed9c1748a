// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LossReport } from '../../../src/sdk/loss-report.ts'

const ERROR = Object.assign(new Error('connect to secret'), { code: 'ECONNREFUSED' })

function createReport(url = 'http://collector:4318/v1/traces') {
  const said: string[] = []
  const clock = { now: 0 }
  const report = new LossReport({
    url: () => url,
    maxQueueSize: 7,
    say: (sentence) => said.push(sentence),
    now: () => clock.now,
  })
  return { report, said, clock }
}

describe('LossReport', () => {
  it('is silent where nothing is lost', () => {
    const { report, said } = createReport()
    report.sent()
    report.end()
    assert.deepEqual(said, [])
  })

  it('says once that spans are lost, once that it is over, with all that were lost', () => {
    const { report, said } = createReport()
    report.failed(3, ERROR)
    report.failed(4, ERROR)
    report.dropped()
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /collector:4318 failed \(ECONNREFUSED\), and 3 spans were lost;.* up to 7 are kept/)
    report.sent()
    assert.equal(said.length, 1, 'the queue was full a moment ago')
    report.sent()
    report.end()
    assert.deepEqual(said.slice(1), ['spans are exported to collector:4318 again; 8 spans were lost.'])
  })

  it('says at the end what it has not said, and not twice', () => {
    const { report, said } = createReport()
    report.dropped()
    report.dropped()
    report.end()
    report.end()
    assert.equal(said.length, 2)
    assert.match(said[0] ?? '', /^spans end faster than collector:4318 takes them: the queue of 7 is full/)
    assert.equal(said[1], '2 spans were lost: collector:4318 did not take them.')
  })

  it('does not repeat at the end what the first sentence said', () => {
    const { report, said } = createReport()
    report.failed(3, ERROR)
    report.end()
    assert.equal(said.length, 1)
  })

  it('counts what a collector loses that comes and goes, and tells of it after ten minutes or at the end', () => {
    const { report, said, clock } = createReport()
    report.failed(1, ERROR)
    report.sent()
    for (let i = 0; i < 5; i++) {
      report.failed(1, ERROR)
      report.sent()
    }
    assert.equal(said.length, 2)
    clock.now = 600_000
    report.failed(1, ERROR)
    report.sent()
    assert.equal(said[3], 'spans are exported to collector:4318 again; 6 spans were lost.')
    report.failed(1, ERROR)
    report.end()
    assert.equal(said[4], '1 span was lost: collector:4318 did not take them.')
  })

  for (const [title, error, shown] of [
    ['a code', ERROR, 'ECONNREFUSED'],
    ['a status', Object.assign(new Error('\u001b[31m'), { code: 413 }), 'HTTP status 413'],
    ['a code that is none', Object.assign(new Error('x'), { code: '\u001b[31m' }), 'OTEL_LOG_LEVEL=error tells why'],
    ['a message', new Error('secret'), 'OTEL_LOG_LEVEL=error tells why'],
    ['a timeout', new Error('Request timed out'), 'no answer in time'],
  ] as const) {
    it(`shows of ${title} nothing but what is known to be harmless`, () => {
      const { report, said } = createReport()
      report.failed(1, error)
      assert.ok(said[0]?.includes(`failed (${shown}), and 1 span was lost`), said[0])
    })
  }

  for (const [url, shown] of [
    ['https://user:secret@otlp.example/v1/traces?key=secret', 'otlp.example'],
    ['http://[::1]:4318/', '[::1]:4318'],
    ['file:///secret', 'the OTLP endpoint'],
    ['secret', 'the OTLP endpoint'],
    ['http://secret host/', 'the OTLP endpoint'],
  ] as const) {
    it(`shows of ${url} its place alone`, () => {
      const { report, said } = createReport(url)
      report.failed(1, ERROR)
      report.end()
      assert.ok(said[0]?.startsWith(`the export of spans to ${shown} failed`), said[0])
      assert.ok(!said.join().includes('secret'))
    })
  }
})
