// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { request } from '../support/http-request.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const MAIN = fileURLToPath(new URL('../../examples/demo/main.ts', import.meta.url))
const SERVICES = ['notifier', 'pricing', 'shop']

interface Row {
  readonly service: string
  /** Where its text starts: the deeper, the further right. */
  readonly column: number
  readonly type: 'span' | 'log'
  readonly text: string
}

/** One request as the demo printed it. */
interface Block {
  readonly text: string
  readonly id: string | undefined
  /** Whether something was sold: a job prints the receipt. */
  readonly isSold: boolean
  readonly rows: readonly Row[]
}

async function runDemo(args: readonly string[], sink: OtlpSink, env: Readonly<Record<string, string>> = {}) {
  const demo = await runApp({ fixture: MAIN, args, preload: 'none', serve: false, sink, env })
  const text = demo.stdout.join('\n')
  const blocks = text.split(/^(?=\d\. )/m).map(readBlock)
  return { text, blocks, stderr: demo.stderr, exit: await demo.exited }
}

function readBlock(text: string): Block {
  const rows = [...text.matchAll(/^( +[\d.]+ ms {2}(\w+) +)([▸·]) (.*)$/gm)].map(
    ([, head = '', service = '', mark, rest = '']): Row => ({
      service,
      column: head.length,
      type: mark === '▸' ? 'span' : 'log',
      text: rest,
    }),
  )
  const isSold = /^ {3}answered 200\b/m.test(text)
  return { text, id: /^ {3}answered \d+, ID (.*)$/m.exec(text)?.[1], isSold, rows }
}

function servicesWith(rows: readonly Row[], type: Row['type']): readonly string[] {
  return [...new Set(rows.filter((row) => row.type === type).map((row) => row.service))].sort()
}

describe('the demo', () => {
  let sink: OtlpSink
  let demo: Awaited<ReturnType<typeof runDemo>>
  before(async () => {
    sink = await startOtlpSink()
    demo = await runDemo([], sink)
  })
  after(() => sink.close())

  it('succeeds, with one ID for each request', () => {
    assert.deepEqual(demo.exit, { code: 0, signal: null }, `${demo.text}\n${demo.stderr}`)
    assert.equal(demo.blocks.length, 4)
    assert.equal(new Set(demo.blocks.map(({ id }) => id)).size, 4)
  })

  it('shows spans and log lines of every service under the ID of each request', () => {
    assert.equal(demo.blocks.length, 4)
    for (const { id, rows, text } of demo.blocks) {
      assert.ok(id, text)
      assert.deepEqual(servicesWith(rows, 'span'), SERVICES, text)
      assert.deepEqual(servicesWith(rows, 'log'), SERVICES, text)
    }
  })

  it('forwards to the endpoint of the user spans that say the same', () => {
    for (const { id, isSold } of demo.blocks) {
      assert.ok(id)
      const spans = sink.spans.filter((span) => span.attributes['correlation.id'] === id)
      assert.deepEqual([...new Set(spans.map((span) => span.resource['service.name']))].sort(), SERVICES)
      assert.equal(new Set(spans.map((span) => span.traceId)).size, isSold ? 2 : 1, 'a job has a trace of its own')
    }
  })

  it('nests the calls: one root, the services called below it, and another for the job', () => {
    for (const { isSold, rows, text } of demo.blocks) {
      const roots = rows.filter((row) => row.column === Math.min(...rows.map(({ column }) => column)))
      assert.deepEqual(
        roots.map((row) => row.service),
        isSold ? ['shop', 'shop'] : ['shop'],
        text,
      )
    }
  })

  it('shows the job under the ID of its request, linked to it', () => {
    assert.deepEqual(
      demo.blocks.map(({ isSold }) => isSold),
      [true, true, true, false],
    )
    for (const { isSold, rows, text } of demo.blocks) {
      const jobs = rows.filter((row) => row.text.startsWith('process receipts'))
      const printed = rows.filter((row) => row.text.startsWith('info: receipt: '))
      assert.equal(jobs.length, isSold ? 1 : 0, text)
      assert.equal(printed.length, isSold ? 1 : 0, text)
      for (const [index, job] of jobs.entries()) {
        assert.match(job.text, /^process receipts {2}consumer {2}linked to GET \/checkout\/:item {2}\(/)
        assert.equal(printed[index]?.column, job.column + 2)
      }
    }
  })

  it('says what is missing where there is a Redis and no BullMQ', async () => {
    const { text, exit } = await runDemo([], sink, { REDIS_URL: 'redis://127.0.0.1:1' })
    assert.deepEqual(exit, { code: 1, signal: null })
    assert.match(text, /^REDIS_URL is set, and BullMQ is not installed here: npm install /)
  })

  it('keeps the ID of a client, replaces a hostile one and shows where a request failed', () => {
    const { text, blocks } = demo
    const [, own, hostile, failed] = blocks
    assert.equal(own?.id, 'order-4711')
    assert.match(hostile?.id ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(text.split('<script>').length, 2, 'the hostile value is shown once, where it was sent')
    assert.match(failed?.text ?? '', /answered 502/)
    const errors = failed?.rows.filter((row) => row.text.startsWith('error:')).map((row) => row.service)
    assert.deepEqual(errors, ['notifier', 'shop'])
    assert.match(text, new RegExp(`correlation\\.id=${failed?.id}:\n.*16686/search\\?service=shop&tags=`))
  })

  it('has nothing to show without the preload, says so and fails', async () => {
    await using untouched = await startOtlpSink()
    const { text, blocks, exit } = await runDemo(['--without-preload'], untouched)
    assert.deepEqual(exit, { code: 1, signal: null })
    assert.equal(blocks.length, 4)
    for (const block of blocks) {
      assert.equal(block.id, undefined)
      assert.deepEqual(block.rows, [])
      assert.match(block.text, /\(empty: no log line and no span carries this ID\)/)
    }
    assert.match(text, /Nothing was correlated: the services ran without `--import @org\/correlation\/register`\./)
    assert.deepEqual(untouched.requests, [])
  })

  it('stays up with --keep, shows further requests and takes the services with it', async (t) => {
    const child = spawn(process.execPath, [MAIN, '--keep'], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    async function lineThatMatches(pattern: RegExp): Promise<string> {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error(`The demo ended before it printed ${pattern}.`)
        if (pattern.test(value)) return value
      }
    }
    const curl = await lineThatMatches(/^ {2}curl -i .*my-own-id/)
    const url = /http:\S+/.exec(curl)?.[0] ?? ''
    const answer = await request(url, { headers: { 'x-correlation-id': 'my-own-id' } })
    assert.equal(answer.headers['x-correlation-id'], 'my-own-id')
    await lineThatMatches(/^my-own-id$/)
    await lineThatMatches(/^ +0\.0 ms {2}shop .*▸/)
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    assert.deepEqual(await exit, [0, null])
    await assert.rejects(request(url), /ECONNREFUSED/)
  })
})
