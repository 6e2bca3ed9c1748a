// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { it } from 'node:test'
import { renderTimeline } from '../../examples/demo/render.ts'
import { buildTimeline } from '../../examples/demo/timeline.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { startRedis } from '../support/start-redis.ts'
import { VERSIONS } from './bullmq-apps.ts'
import { fixtureIn } from './packages.ts'

for (const version of VERSIONS) {
  it(`the demo's shop with a Redis and ${version}: the job under the ID of its request, linked to it`, async (t) => {
    await using sink = await startOtlpSink()
    const { url } = await startRedis(t)
    const start = (
      name: string,
      env: Readonly<Record<string, string>> = {},
      fixture = path.join(ROOT, `examples/demo/${name}.js`),
    ) => runApp({ fixture, sink, env: { OTEL_SERVICE_NAME: name, ...env }, t })
    const [pricing, notifier] = await Promise.all([start('pricing'), start('notifier')])
    const env = { PRICING_URL: pricing.url, NOTIFIER_URL: notifier.url, RECEIPTS: 'queue', REDIS_URL: url }
    const shop = await start('shop', env, fixtureIn(version, 'shop.js', '../../examples/demo'))
    const { status } = await shop.request('/checkout/tea', { headers: { 'x-correlation-id': 'order-4711' } })
    assert.equal(status, 200)
    await shop.waitForLogs((logs) => logs.some((line) => line['message'] === 'receipt: tea for 6'))
    await sink.waitForSpans((all) =>
      ['PRODUCER', 'CONSUMER', 'SERVER'].every((wanted) => all.some(({ kind }) => kind === wanted)),
    )
    const lines = shop.logs.map((line) => ({ service: 'shop', line }))
    const text = renderTimeline(buildTimeline('order-4711', sink.spans, lines))
    assert.match(
      text,
      /^ +[\d.]+ ms {2}shop {2,}▸ process receipts {2}consumer {2}linked to add receipts {2}\([\d.]+ ms\)\n.*\n.* {2}shop {2,}· info: receipt: tea for 6/m,
    )
  })
}
