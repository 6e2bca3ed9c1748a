// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { beforeEach, describe, it } from 'node:test'
import * as esm from '@opentelemetry/api'
import { ApiGlobal, type ApiKind, readApiGlobal } from '../../../src/sdk/api-global.ts'

const cjs = createRequire(import.meta.url)('@opentelemetry/api') as typeof esm

/** Two copies of the real API: `require` and `import` load different files. */
const COPIES = { cjs, esm }
const provider = { getTracer: () => ({}) as esm.Tracer }

function install(seen: [ApiKind, unknown][] = []): ApiGlobal {
  const values = new Map<ApiKind, unknown>([['trace', provider]])
  const global = new ApiGlobal('1.10.0', values, (kind, value) => {
    seen.push([kind, value])
    return value
  })
  global.install()
  return global
}

describe('ApiGlobal', () => {
  beforeEach(() => {
    Reflect.deleteProperty(globalThis, Symbol.for('opentelemetry.js.api.1'))
  })

  it('the two copies are two', () => assert.notEqual(cjs.trace, esm.trace))

  for (const [name, api] of Object.entries(COPIES)) {
    it(`shows its values to readers: ${name}`, () => {
      install()
      assert.equal(api.trace.getTracerProvider(), provider)
    })

    it(`is free for who registers, who then is in force for both copies: ${name}`, () => {
      const seen: [ApiKind, unknown][] = []
      install(seen)
      assert.equal(api.trace.setGlobalTracerProvider(provider), true)
      assert.equal(seen.length, 1)
      assert.equal(seen[0]?.[0], 'trace')
      for (const reader of Object.values(COPIES)) assert.equal(reader.trace.getTracerProvider(), seen[0]?.[1])
    })

    it(`reads as before after a registration that was refused or overridden: ${name}`, () => {
      install()
      const manager = { active: () => esm.ROOT_CONTEXT } as esm.ContextManager
      api.context.setGlobalContextManager(manager)
      api.diag.setLogger(new esm.DiagConsoleLogger(), {
        logLevel: esm.DiagLogLevel.NONE,
        suppressOverrideMessage: true,
      })
      assert.equal(readApiGlobal()?.trace, provider)
      assert.equal(readApiGlobal()?.context, manager)
      assert.equal(readApiGlobal()?.version, '1.10.0')
    })

    it(`collects what code registers instead of taking it over: ${name}`, () => {
      const seen: [ApiKind, unknown][] = []
      const { values } = install(seen).collect(() => api.trace.setGlobalTracerProvider(provider))
      assert.ok(values.has('trace'))
      assert.deepEqual(seen, [])
    })

    it(`hears of who registers after the slot was given up: ${name}`, () => {
      const seen: [ApiKind, unknown][] = []
      install(seen)
      api.trace.disable()
      assert.equal(readApiGlobal()?.trace, undefined)
      assert.equal(api.trace.setGlobalTracerProvider({ ...provider }), true)
      assert.deepEqual(
        seen.map(([kind]) => kind),
        ['trace'],
      )
      assert.equal(readApiGlobal()?.trace, seen[0]?.[1])
    })

    it(`settles to the API's own rule: the first stays: ${name}`, () => {
      const seen: [ApiKind, unknown][] = []
      install(seen).settle()
      assert.equal(api.trace.setGlobalTracerProvider({ ...provider }), false)
      assert.equal(api.trace.getTracerProvider(), provider)
      assert.deepEqual(seen, [])
    })
  }
})
