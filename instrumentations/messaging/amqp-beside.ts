// SPDX-License-Identifier: Apache-2.0
import { trace } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import type { Method } from '../patch-method.ts'
import { processingOf } from './amqp-consuming.ts'
import { type Table, tableGetter } from './amqp-table.ts'
import type { Messaging } from './messaging.ts'
import { wrapMethod } from './wrap-method.ts'

interface Methods {
  readonly publish: Method
  readonly consume: Method
}

/**
 * Works around an instrumentation of the application's own, which wraps the prototypes after us and so is outside of what we do there:
 * every new channel gets two methods of its own.
 *
 * @opentelemetry/instrumentation-amqplib writes into the application's own options, and what is there is sent again with the next message: it gets a
 * copy. With `useLinksForConsume` it runs the handler in a context that has nothing but its span: there the ID is put back.
 */
export function patchBeside(prototype: object, messaging: Messaging): void {
  wrapMethod(prototype, 'allocate', (original, channel: object, args) => {
    const allocated = Reflect.apply(original, channel, args)
    const { publish, consume } = channel as Methods
    if (isWrapped(publish)) hide(channel, 'publish', publishAround(channel, messaging))
    if (isWrapped(consume)) hide(channel, 'consume', consumeAround(channel))
    return allocated
  })
}

function isWrapped(method: unknown): boolean {
  return typeof method === 'function' && (method as { readonly __wrapped?: unknown }).__wrapped === true
}

function hide(channel: object, name: string, value: unknown): void {
  Object.defineProperty(channel, name, { value, writable: true, configurable: true, enumerable: false })
}

/** Looked up at each call: the instrumentation may be turned off. */
function methodsOf(channel: object): Methods {
  return Object.getPrototypeOf(channel) as Methods
}

function publishAround(channel: object, messaging: Messaging): Method {
  return function (this: unknown, ...args) {
    const active = activeContext()
    let context = active
    try {
      const options = derived(args[3])
      // A message of a sender without an ID gets one here already, for the instrumentation's span and what it writes.
      context = messaging.senderOf(options?.headers, tableGetter, 'given')
      if (options !== undefined) args[3] = options
    } catch {
      // The message goes out as it would have without us.
    }
    const { publish } = methodsOf(channel)
    return context === active ? Reflect.apply(publish, this, args) : withContext(context, publish, this, ...args)
  }
}

interface Options {
  headers?: Table
}

/** What is written into it is not in the options below, which amqplib reads through it. */
function derived(options: unknown): Options | undefined {
  if (typeof options !== 'object' || options === null) return undefined
  const own = Object.create(options) as Options
  const { headers } = options as Options
  if (typeof headers === 'object' && headers !== null) hide(own, 'headers', Object.create(headers))
  return own
}

function consumeAround(channel: object): Method {
  return function (this: unknown, ...args) {
    const handle = args[1]
    if (typeof handle === 'function') args[1] = handlerAround(handle as Method)
    return Reflect.apply(methodsOf(channel).consume, this, args)
  }
}

function handlerAround(handle: Method): Method {
  return function (this: unknown, ...args) {
    const [message] = args
    const active = activeContext()
    const processing =
      typeof message !== 'object' || message === null || getId(active) !== undefined ? undefined : processingOf(message)
    if (processing === undefined) return Reflect.apply(handle, this, args)
    const span = trace.getSpan(active)
    const context = span === undefined ? processing.context : trace.setSpan(processing.context, span)
    return withContext(context, handle, this, ...args)
  }
}
