// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { OtlpSink } from './otlp-sink.ts'
import { type App, type LogLine, type Preload, runApp } from './run-app.ts'
import type { Kafka } from './start-kafka.ts'

/** How the two services of a test are run. */
export interface ServiceOptions {
  readonly kafka: Pick<Kafka, 'broker'>
  readonly topic: string
  /** The file that both are, where kafkajs is installed. */
  readonly fixture: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly preload?: Preload
  readonly sink?: OtlpSink
  readonly t: TestContext
}

/** A message goes through a broker that may have just been started, on a machine with other work. */
export const PATIENCE_MS = 90_000

export type Handler = 'message' | 'loop' | 'all' | 'forward'

function start(
  role: 'producer' | 'consumer',
  { kafka, topic, fixture, env, preload, sink, t }: ServiceOptions,
): Promise<App> {
  return runApp({
    fixture,
    args: [role],
    env: {
      KAFKA_BROKER: kafka.broker,
      TOPIC: topic,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      OTEL_SERVICE_NAME: role,
      ...env,
    },
    ...(preload !== undefined && { preload }),
    ...(sink !== undefined && { sink }),
    t,
  })
}

/** The service that sends; it makes the topic, so it comes first. */
export async function startProducer(options: ServiceOptions): Promise<App> {
  return start('producer', options)
}

/** The ID of the request that starts a consumer: nothing that comes afterwards may have it. */
export const STARTER = 'starter-1'

/** The service that takes, from the beginning of the topic. */
export async function startConsumer(
  options: ServiceOptions,
  handler: Handler = 'message',
  from: { readonly topic?: string; readonly group?: string } = {},
): Promise<App> {
  const { topic = options.topic, group = `${topic}-group` } = from
  const app = await start('consumer', options)
  const answer = await get(app, `/start?${new URLSearchParams({ handler, topic, group })}`, STARTER)
  assert.equal(answer.status, 200, answer.body)
  return app
}

export interface Answer {
  readonly status: number
  readonly id: string
  readonly body: string
}

/** Asks a service. Not by the harness's own request, which waits for 15 seconds: the first answer may need the broker's first topic. */
export async function get(app: App, path: string, id?: string): Promise<Answer> {
  const answer = await fetch(`${app.url}${path}`, { headers: id === undefined ? {} : { 'x-correlation-id': id } })
  return { status: answer.status, id: answer.headers.get('x-correlation-id') ?? '', body: await answer.text() }
}

/** Asks the producer for something that it can do; returns the ID of that request. */
export async function ask(producer: App, path: string, id?: string): Promise<string> {
  const answer = await get(producer, path, id)
  assert.equal(answer.status, 200, answer.body)
  return answer.id
}

/** The lines with this message, waited for. */
export async function linesOf(app: App, message: string, count: number): Promise<readonly LogLine[]> {
  const found = () => app.logs.filter((line) => line['message'] === message)
  await app.waitForLogs(() => found().length >= count, PATIENCE_MS)
  return found()
}

/** The ID in the log lines about each name; fails where one name has lines with two. */
export function idsByName(lines: readonly LogLine[]): ReadonlyMap<string, unknown> {
  const ids = new Map<string, unknown>()
  for (const { name, correlation_id: id } of lines as readonly { name: string; correlation_id: unknown }[]) {
    if (ids.has(name)) assert.equal(id, ids.get(name), `${name} has lines with two IDs`)
    ids.set(name, id)
  }
  return ids
}
