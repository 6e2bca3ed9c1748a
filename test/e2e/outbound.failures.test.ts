// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type App, runApp } from '../support/run-app.ts'

const REQUESTS = 12

const MODES: readonly (readonly [name: string, env: Readonly<Record<string, string>>])[] = [
  ['with tracing', {}],
  ['without traces', { OTEL_TRACES_EXPORTER: 'none' }],
  ['with the SDK disabled', { OTEL_SDK_DISABLED: 'true' }],
  ['without the http instrumentation', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }],
  ['beside another distribution', { CORRELATION_SDK: 'off' }],
]

const FAILURES = [
  ['http', 'nobody listens'],
  ['https', 'nobody listens for TLS'],
  ['plain', 'the server speaks no TLS'],
] as const

/** Sends requests at once and returns what each carried on when it tried again. */
async function failAtOnce(
  app: App,
  kind: string,
): Promise<readonly { readonly id: string; readonly carried: string }[]> {
  const ids = Array.from({ length: REQUESTS }, (_, i) => `${kind}-${i}`)
  return Promise.all(
    ids.map(async (id) => {
      const { body } = await app.request(`/${kind}`, { headers: { 'x-correlation-id': id } })
      return { id, carried: String(body) }
    }),
  )
}

describe('a call that fails while others wait for its place', () => {
  for (const [mode, env] of MODES) {
    it(`is reported, and tried again, under the ID of its own request ${mode}`, async (t) => {
      const app = await runApp({ fixture: 'outbound-failures.mjs', env, t })
      for (const [kind, why] of FAILURES) {
        for (const { id, carried } of await failAtOnce(app, kind)) assert.equal(carried, id, why)
      }
      await app.waitForLogs(FAILURES.length * REQUESTS * 2)
      for (const line of app.logs) assert.equal(line['correlation_id'], line['own'])
    })
  }

  it("has another request's store in an application that trusts Node alone", async (t) => {
    const app = await runApp({ fixture: 'outbound-failures.mjs', preload: 'none', t })
    await failAtOnce(app, 'http')
    await app.waitForLogs(REQUESTS * 2)
    assert.ok(app.logs.some((line) => line['stored'] !== line['own']))
  })
})
