// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import type { Runtime } from '../../src/runtime.ts'
import { bindCallback } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import type { Method } from '../patch-method.ts'
import { patchBeside } from './amqp-beside.ts'
import { Consuming } from './amqp-consuming.ts'
import { patchListeners } from './amqp-events.ts'
import { Publishing } from './amqp-publishing.ts'
import { Messaging, type MessagingTracing } from './messaging.ts'
import { wrapMethod } from './wrap-method.ts'

interface Class {
  readonly prototype: EventEmitter
}

/** What the files of amqplib export: `lib/channel` the class below all channels, the two models those of the promise and of the callback API. */
interface Classes {
  readonly Channel: Class
  readonly ConfirmChannel: Class
  readonly ChannelModel?: Class
  readonly CallbackModel?: Class
}

/**
 * RabbitMQ by amqplib, with promises and with callbacks: the ID travels in the headers of each message. AMQP's own `correlationId` property is
 * for the replies to requests, and stays the application's: https://www.rabbitmq.com/tutorials/tutorial-six-javascript
 */
export function amqplibPatches(runtime: Runtime, tracing: MessagingTracing | undefined): LibraryPatches {
  const messaging = new Messaging(runtime, 'rabbitmq', tracing)
  const publishing = new Publishing(messaging, tracing?.isActive ?? (() => false))
  const consuming = new Consuming(messaging)
  const carries = runtime.config.messaging

  function patchChannel({ Channel: { prototype } }: Classes): void {
    publishing.patchChannel(prototype)
    consuming.patchChannel(prototype)
    patchListeners(prototype, carries)
    patchBeside(prototype, messaging)
    bindArgument(prototype, 'sendOrEnqueue', 2)
    bindArgument(prototype, 'closeBecause', 2)
  }

  function patchModel({ Channel, ConfirmChannel, ChannelModel, CallbackModel }: Classes): void {
    consuming.patchModel(Channel.prototype)
    publishing.patchConfirmChannel(ConfirmChannel.prototype)
    for (const model of [ChannelModel, CallbackModel]) if (model !== undefined) patchListeners(model.prototype, carries)
    if (CallbackModel === undefined) return
    // The message comes in frames of its own, after the answer that `sendOrEnqueue` waits for.
    bindArgument(Channel.prototype, 'get', 2)
    bindArgument(CallbackModel.prototype, 'close', 0)
  }

  return {
    required: {
      'amqplib/lib/channel': patched(patchChannel),
      'amqplib/lib/channel_model': patched(patchModel),
      'amqplib/lib/callback_model': patched(patchModel),
    },
  }
}

/** Runs the callback of a method in the context of its caller: amqplib calls it as the broker's answer arrives. */
function bindArgument(prototype: object, name: string, index: number): void {
  wrapMethod(prototype, name, (original, self, args) => {
    const callback = args[index]
    if (typeof callback === 'function') args[index] = bindCallback(callback as Method)
    return Reflect.apply(original, self, args)
  })
}

function patched<Exports>(patch: (exports: Exports) => void): (exports: unknown) => unknown {
  return (exports) => {
    patch(exports as Exports)
    return exports
  }
}
