// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { activeContext, withContext } from '../src/correlation/active-context.ts'
import { getId } from '../src/correlation/context.ts'
import type { CorrelationId } from '../src/correlation/id.ts'

type Method = (this: unknown, ...args: unknown[]) => unknown

/** A worker thread, or a child process with a channel. */
type Worker = EventEmitter & { readonly postMessage?: unknown; readonly send?: unknown }

/**
 * Keeps what worker threads and child processes answer from running under a stranger's ID.
 *
 * Node runs the events of a worker in the context that it was created in. That is right for one that a request has to itself, and wrong for
 * a pool that is filled at the first request: every answer would be that one's. So from when somebody else posts to a worker, its
 * events belong to nobody. Code that awaits an answer has its own ID all the same, and a callback can be bound.
 *
 * By the two channels that announce them (https://nodejs.org/api/diagnostics_channel.html#built-in-channels): those that no request creates
 * are left as they are, and nothing is loaded for it.
 */
export function instrumentWorkers(): void {
  subscribe('worker_threads', (message) => onCreated((message as { readonly worker: Worker }).worker, 'postMessage'))
  subscribe('child_process', (message) => onCreated((message as { readonly process: Worker }).process, 'send'))
}

function onCreated(worker: Worker, method: 'postMessage' | 'send'): void {
  try {
    const owner = getId(activeContext())
    // The channel of a child is made after it was announced; nobody else's code runs in between.
    if (owner !== undefined) process.nextTick(releaseWhenShared, worker, method, owner)
  } catch {
    // A context manager that throws: the worker stays as it is.
  }
}

function releaseWhenShared(worker: Worker, method: 'postMessage' | 'send', owner: CorrelationId): void {
  const post = worker[method]
  const { emit } = worker as { readonly emit: unknown }
  // A program without a channel is posted to by nobody.
  if (typeof post !== 'function' || typeof emit !== 'function' || !Object.isExtensible(worker)) return
  let isShared = false
  replace(worker, method, function (...args) {
    isShared ||= isForeign(owner)
    return Reflect.apply(post, this, args)
  })
  replace(worker, 'emit', function (...args) {
    return isShared ? withContext(ROOT_CONTEXT, emit as Method, this, ...args) : Reflect.apply(emit, this, args)
  })
}

function isForeign(owner: CorrelationId): boolean {
  try {
    return getId(activeContext()) !== owner
  } catch {
    return true
  }
}

/** A method of the class becomes one of the object, which does not show. */
function replace(worker: Worker, name: string, value: Method): void {
  const enumerable = Object.getOwnPropertyDescriptor(worker, name)?.enumerable ?? false
  Object.defineProperty(worker, name, { value, enumerable, writable: true, configurable: true })
}
