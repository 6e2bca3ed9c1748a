// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { endAnsweredSpans, forgetOpen, rememberOpen } from '../../../instrumentations/open-responses.ts'
import { createRequestState } from '../../../src/correlation/request-state.ts'
import { adopted } from '../correlation/decide-cases.ts'

interface Case {
  readonly title: string
  readonly kind: SpanKind
  readonly response: Partial<ServerResponse>
  readonly isEnded: boolean
}

const ANSWERED = { writableEnded: true, destroyed: false, statusCode: 200 }

const CASES: readonly Case[] = [
  { title: 'ends the server span of an answered request', kind: SpanKind.SERVER, response: ANSWERED, isEnded: true },
  {
    title: 'leaves the span of a request that was not answered',
    kind: SpanKind.SERVER,
    response: { ...ANSWERED, writableEnded: false },
    isEnded: false,
  },
  // With instrumentation-http off, the span around `listen` is the one that is active where a request is handled.
  { title: "leaves the application's own span", kind: SpanKind.INTERNAL, response: ANSWERED, isEnded: false },
]

describe('endAnsweredSpans()', () => {
  for (const { title, kind, response: parts, isEnded } of CASES) {
    it(title, (t) => {
      const span = new TracerProvider().getTracer('test').startSpan('a span', { kind })
      const response = parts as ServerResponse
      const request = { socket: { server: {} } } as unknown as IncomingMessage
      const state = createRequestState(adopted('a-1'), undefined, undefined)
      t.after(() => forgetOpen(state))
      rememberOpen(request, response, state, trace.setSpan(ROOT_CONTEXT, span))
      endAnsweredSpans()
      assert.equal(span.isRecording(), !isEnded)
    })
  }
})
