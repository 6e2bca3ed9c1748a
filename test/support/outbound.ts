// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import type { RequestOptions } from './http-request.ts'
import { type RawSink, type RawSinkOptions, type RawSinkRequest, startRawSink } from './raw-sink.ts'
import { type App, type RunAppOptions, runApp } from './run-app.ts'

/** What `test/fixtures/outbound/app.mjs` is told to do. */
export interface Call {
  readonly client: string
  /** `{port}` is the sink's. */
  readonly url: string
  readonly options?: Readonly<Record<string, unknown>>
  /** Within a context in which tracing is suppressed, as exporters work. */
  readonly suppress?: boolean
  /** Headers of the request that the application gets, as names and values in turn; by default the ID alone. */
  readonly received?: readonly string[]
}

/** What a call put on the wire. */
export interface Sent {
  /** The ID that was in force. */
  readonly id: string
  /** The application's answer: an error's text, where the call failed. */
  readonly answer: string
  readonly requests: readonly RawSinkRequest[]
  /** Every byte that came in while the call was made. */
  readonly bytes: string
}

export interface Outbound {
  readonly app: App
  readonly sink: RawSink
  call(call: Call): Promise<Sent>
}

const tlsFile = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))

/** The options of a sink that speaks TLS. */
export const TLS_SINK: RawSinkOptions = { host: '::', tls: { key: tlsFile('key'), cert: tlsFile('cert') } }

/** Starts the fixture, and one sink for every loopback address: 127.0.0.2 may know the ID, and 127.0.0.3 may not. */
export async function startOutbound(
  t: TestContext,
  options: Partial<RunAppOptions> = {},
  answer?: Parameters<typeof startRawSink>[0],
  sinkOptions: RawSinkOptions = { host: '::' },
): Promise<Outbound> {
  const sink = await startRawSink(answer, sinkOptions)
  t.after(() => sink.close())
  const env = { CORRELATION_PROPAGATE_TO: '127.0.0.2', NODE_TLS_REJECT_UNAUTHORIZED: '0', ...options.env }
  const app = await runApp({ fixture: 'outbound/app.mjs', t, ...options, env })
  return { app, sink, call: (call) => makeCall(app, sink, call) }
}

async function makeCall(app: App, sink: RawSink, { received, ...command }: Call): Promise<Sent> {
  const id = received === undefined ? randomUUID() : idIn(received)
  const from = sink.bytes.length
  const before = sink.requests.length
  const url = command.url.replace('{port}', String(sink.port))
  const request: RequestOptions = {
    method: 'POST',
    headers: received ?? ['X-Correlation-ID', id],
    body: JSON.stringify({ ...command, url }),
  }
  const { status, body: answer } = await app.request('/', request)
  const bytes = sink.bytes.subarray(from).toString('latin1')
  assert.ok(status === 200 || command.options?.['fails'] === true, `${command.client} failed: ${answer}`)
  return { id, answer, requests: sink.requests.slice(before), bytes }
}

function idIn(received: readonly string[]): string {
  const at = received.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'x-correlation-id')
  return at === -1 ? '' : (received[at + 1] as string)
}

/** The values of a header in the order of their lines. */
export function linesOf({ head }: RawSinkRequest, name: string): readonly string[] {
  const lines = head.split('\r\n').slice(1)
  const own = lines.filter((line) => line.slice(0, line.indexOf(':')).toLowerCase() === name)
  return own.map((line) => line.slice(line.indexOf(':') + 1).trim())
}

/** The request has the ID in one header line, and first in one line of baggage. */
export function assertCarries(request: RawSinkRequest | undefined, id: string, baggage: readonly string[] = []): void {
  assert.ok(request, 'a request has come')
  assert.deepEqual(linesOf(request, 'x-correlation-id'), [id], `x-correlation-id in:\n${request.head}`)
  assert.deepEqual(
    linesOf(request, 'baggage'),
    [[`correlation.id=${id}`, ...baggage].join(',')],
    `baggage in:\n${request.head}`,
  )
}

/** Requests have come, and no byte of the ID with them, nor the name of anything of ours. */
export function assertNothingOfOurs({ id, requests, bytes }: Sent, count = 1): void {
  assert.equal(requests.length, count, `${count} requests have come`)
  assert.equal(bytes.toLowerCase().includes(id.toLowerCase()), false, `the ID was sent:\n${bytes}`)
  assert.doesNotMatch(bytes, /correlation/i)
}
