// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { it } from 'node:test'
import { ExportResultCode } from '@opentelemetry/core'
import { LazyExporter } from '../../../src/sdk/lazy-exporter.ts'

it('LazyExporter exports outside of the stores that others keep for a request', () => {
  const store = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const create = () =>
    new LazyExporter<number>(() => ({
      export: (_items, done) => {
        seen.push(store.getStore())
        done({ code: ExportResultCode.SUCCESS })
      },
      shutdown: () => Promise.resolve(),
    }))
  const atStart = create()
  store.run('a request', () => {
    atStart.export([1], () => {})
    // One that is made in a request has no other outside: the look finds a store where there is one.
    create().export([2], () => {})
  })
  assert.deepEqual(seen, [undefined, 'a request'])
})
