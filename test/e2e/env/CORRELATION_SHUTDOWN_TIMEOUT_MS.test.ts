// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ENDINGS, type Ending, runToItsEnd } from '../../support/exit-app.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'

interface Case {
  readonly value: string | undefined
  readonly spans: number
  /** What is said about it, or nothing. */
  readonly warning?: RegExp
}

const CASES: readonly Case[] = [
  { value: undefined, spans: 2 },
  { value: '2000', spans: 2 },
  { value: '30000', spans: 2 },
  { value: '0', spans: 0 },
  { value: 'soon', spans: 2, warning: /CORRELATION_SHUTDOWN_TIMEOUT_MS/ },
  { value: '-1', spans: 2, warning: /CORRELATION_SHUTDOWN_TIMEOUT_MS/ },
]

const titles = ['a natural end', 'SIGTERM that nobody handles', 'process.exit() right after the answer']

describe('CORRELATION_SHUTDOWN_TIMEOUT_MS', { concurrency: 2 }, () => {
  for (const { value, spans, warning } of CASES) {
    it(`${value ?? 'unset'}: ${spans} of 2 spans are sent by the exit itself`, async (t) => {
      for (const ending of titles.map((title) => ENDINGS.find((one) => one.title === title) as Ending)) {
        await using sink = await startOtlpSink()
        const env = { CORRELATION_SHUTDOWN_TIMEOUT_MS: value }
        const { app, exit } = await runToItsEnd(ending, { t, sink, env, requests: 2 })
        assert.deepEqual(exit, ending.exit)
        assert.equal(sink.spans.length, spans, ending.title)
        if (warning === undefined) assert.equal(app.stderr, '')
        else assert.match(app.stderr, warning)
      }
    })
  }
})
