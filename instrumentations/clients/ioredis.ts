// SPDX-License-Identifier: Apache-2.0

import { bindCallback } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import type { Method } from '../patch-method.ts'
import { patchOwnMethod, prototypeOf } from './own-method.ts'

type Listener = ((this: unknown, ...args: unknown[]) => unknown) & { readonly listener?: unknown }

/** What a subscriber emits for each message. */
const MESSAGES: ReadonlySet<unknown> = new Set([
  'message',
  'messageBuffer',
  'pmessage',
  'pmessageBuffer',
  'smessage',
  'smessageBuffer',
])

/**
 * Keeps the listeners for messages for those who add them: a subscriber calls from its socket, whose context is that of whoever connected.
 * Commands, pipelines and transactions are promises inside, also those with callbacks, and need nothing.
 */
export function ioredisPatches(): LibraryPatches {
  return {
    required: {
      'ioredis/built/Redis': (exports) => {
        const prototype = prototypeOf(exports)
        patchOwnMethod(prototype, 'on', withOwnListener)
        patchOwnMethod(prototype, 'addListener', withOwnListener)
        return exports
      },
    },
  }
}

function withOwnListener(add: Method): Method {
  return function (event, listener, ...rest) {
    return add.call(this, event, MESSAGES.has(event) ? boundListener(listener as Listener) : listener, ...rest)
  }
}

/** `removeListener` finds a function by its `listener`, as it finds those that `once` wraps; a wrapped one cannot be wrapped again. */
function boundListener(listener: Listener): unknown {
  if (typeof listener !== 'function' || listener.listener !== undefined) return listener
  return Object.assign(bindCallback(listener), { listener })
}
