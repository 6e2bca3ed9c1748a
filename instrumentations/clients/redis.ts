// SPDX-License-Identifier: Apache-2.0
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import { withBoundCallbacks } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { patchOwnMethod, prototypeOf } from './own-method.ts'

type Listener = (this: unknown, ...args: unknown[]) => unknown

interface Subscription {
  caller: Context
  readonly bound: Listener
}

const CLIENT = '@redis/client/dist/lib/client'

/**
 * Keeps for its caller what node-redis calls back: the task that waits for a client of a pool, which whoever gives one back would run, and the
 * listener of a subscription, which the socket calls. Commands are promises, and need nothing.
 */
export function redisPatches(): LibraryPatches {
  return {
    required: {
      [`${CLIENT}/pool`]: (exports) => {
        patchOwnMethod(prototypeOf(exports, 'RedisClientPool'), 'execute', withBoundCallbacks)
        return exports
      },
      [`${CLIENT}/pub-sub`]: (exports) => {
        const prototype = prototypeOf(exports, 'PubSub')
        patchOwnMethod(prototype, 'subscribe', (subscribe) => {
          return function (type, channels, listener, ...rest) {
            return subscribe.call(this, type, channels, boundListener(listener), ...rest)
          }
        })
        patchOwnMethod(prototype, 'unsubscribe', (unsubscribe) => {
          return function (type, channels, listener, ...rest) {
            const known = subscriptions.get(listener as Listener)?.bound ?? listener
            return unsubscribe.call(this, type, channels, known, ...rest)
          }
        })
        return exports
      },
    },
  }
}

const subscriptions = new WeakMap<Listener, Subscription>()

/**
 * One bound function for each listener: a client keeps listeners in sets, and finds them again to end a subscription. A listener that requests
 * share belongs to none of them.
 */
function boundListener(listener: unknown): unknown {
  if (typeof listener !== 'function') return listener
  const caller = activeContext()
  const known = subscriptions.get(listener as Listener)
  if (known !== undefined) {
    if (getId(known.caller) !== getId(caller)) known.caller = ROOT_CONTEXT
    return known.bound
  }
  const subscription: Subscription = {
    caller,
    bound(...args) {
      return withContext(subscription.caller, listener as Listener, this, ...args)
    },
  }
  subscriptions.set(listener as Listener, subscription)
  return subscription.bound
}
