// SPDX-License-Identifier: Apache-2.0
import net from 'node:net'
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { setId } from '../correlation/context.ts'
import { parseId } from '../correlation/id.ts'
import { HEADER_CORRELATION_ID } from '../correlation/names.ts'
import { putBaggageEntry, readBaggageEntry } from '../propagation/baggage-entry.ts'
import type { Runtime } from '../runtime.ts'
import { type OtelEnv, textOf } from './otel-env.ts'

/**
 * The context of a script that was started under an ID: the names of `CORRELATION_HEADERS` and `X_CORRELATION_ID`, or the entry of `BAGGAGE`, as
 * https://opentelemetry.io/docs/specs/otel/context/env-carriers/ spells them.
 */
export function contextFromEnv(env: OtelEnv, runtime: Runtime): Context {
  const { rules, baggageKey, config } = runtime
  for (const header of new Set([...config.headers, HEADER_CORRELATION_ID])) {
    const text = textOf(env, header.replaceAll('-', '_').toUpperCase())
    const id = text === undefined ? undefined : parseId(text, rules.idRules)
    if (id !== undefined) return withId(id)
  }
  const entry = baggageKey === undefined ? undefined : readBaggageEntry(textOf(env, 'BAGGAGE'), baggageKey)
  const id = entry === undefined ? undefined : parseId(entry, rules.idRules)
  return id === undefined ? ROOT_CONTEXT : withId(id)

  function withId(found: NonNullable<typeof id>): Context {
    const context = setId(ROOT_CONTEXT, found)
    return baggageKey === undefined ? context : putBaggageEntry(context, baggageKey, found)
  }
}

/** Calls back at the first `listen`: from there on the process serves, and each request has an ID of its own. */
export function onFirstListen(callback: () => void): void {
  const original = net.Server.prototype.listen
  const listen = function (this: net.Server, ...args: unknown[]) {
    if (net.Server.prototype.listen === (listen as unknown)) net.Server.prototype.listen = original
    callback()
    return Reflect.apply(original, this, args)
  }
  net.Server.prototype.listen = listen as typeof original
}
