// SPDX-License-Identifier: Apache-2.0
import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api'
import { fieldValues, messageGetter } from '../../src/propagation/carrier.ts'

/** The headers of an AMQP message. Those that amqplib is about to send are an object of its own, with the application's as its prototype. */
export type Table = Readonly<Record<string, unknown>>

/** What amqplib would send of a table: inherited fields as well. */
export const tableGetter: TextMapGetter<Table> = {
  get: (table, name) => messageGetter.get(table, name),
  keys(table) {
    const keys: string[] = []
    for (const key in table) keys.push(key)
    return keys
  },
}

/**
 * Writes into the table that amqplib made for one message, never into the application's below it. A field of the same name, in whatever
 * case, gives way, so that a forwarded message has no stale one beside ours; entries that the application put into `baggage` stay.
 */
export const tableSetter: TextMapSetter<Table> = {
  set(table, name, value) {
    const present = fieldValues(table, name, tableGetter)
    if (present.length === 1 && present[0] === value) return
    // Not the W3C's: something of the application's that happens to have this name.
    if (name === 'baggage' && present.length === 0 && table[name] !== undefined) return
    for (const key in table) if (key !== name && key.toLowerCase() === name.toLowerCase()) define(table, key, undefined)
    const isJoined = name === 'baggage' && present.length > 0
    define(table, name, isJoined ? withEntriesOf(value, present.join(',')) : value)
  },
}

/** By assignment a frozen object below would throw. amqplib leaves out what is undefined. */
function define(table: Table, name: string, value: string | undefined): void {
  Object.defineProperty(table, name, { value, writable: true, configurable: true, enumerable: true })
}

function withEntriesOf(baggage: string, others: string): string {
  const known = new Set(baggage.split(',').map(keyOf))
  const added = others.split(',').filter((member) => member.trim() !== '' && !known.has(keyOf(member)))
  return [baggage, ...added].join(',')
}

function keyOf(member: string): string {
  const [key = ''] = member.split(/[=;]/, 1)
  return key.trim()
}
