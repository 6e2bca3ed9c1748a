// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { ioredisPatches } from '../../../../instrumentations/clients/ioredis.ts'
import { redisPatches } from '../../../../instrumentations/clients/redis.ts'
import { activeId, under, useContextManager } from './active-ids.ts'

useContextManager()

/** As ioredis does it: the methods of EventEmitter are its own. */
class Redis extends EventEmitter {}
for (const name of Object.getOwnPropertyNames(EventEmitter.prototype)) {
  if (name === 'constructor') continue
  const property = Object.getOwnPropertyDescriptor(EventEmitter.prototype, name) as PropertyDescriptor
  Object.defineProperty(Redis.prototype, name, property)
}
ioredisPatches().required?.['ioredis/built/Redis']?.({ default: Redis })

describe('a listener for messages, in ioredis', () => {
  it('is its own adder’s, and is found again', () => {
    const redis = new Redis()
    const seen: unknown[] = []
    const listener = (...args: unknown[]) => seen.push([activeId(), ...args])
    under('a-1', () => redis.on('message', listener))
    under('b-2', () => redis.addListener('pmessageBuffer', listener))
    under('socket', () => redis.emit('message', 'channel', 'text'))
    under('socket', () => redis.emit('pmessageBuffer', 'pattern'))
    assert.deepEqual(seen, [
      ['a-1', 'channel', 'text'],
      ['b-2', 'pattern'],
    ])
    assert.deepEqual(redis.listeners('message'), [listener])
    redis.removeListener('message', listener).off('pmessageBuffer', listener)
    assert.equal(redis.listenerCount('message') + redis.listenerCount('pmessageBuffer'), 0)
  })

  it('is removed once it was called, where it was added by once, and can be removed before', () => {
    const redis = new Redis()
    let calls = 0
    const listener = () => {
      calls += 1
    }
    redis.once('message', listener)
    redis.emit('message')
    redis.emit('message')
    redis.once('message', listener)
    redis.removeListener('message', listener)
    assert.deepEqual([calls, redis.listenerCount('message')], [1, 0])
  })

  it('is no concern of other events, and what is no function is Node’s to refuse', () => {
    const redis = new Redis()
    const seen: unknown[] = []
    under('a-1', () => redis.on('ready', () => seen.push(activeId())))
    under('socket', () => redis.emit('ready'))
    assert.deepEqual(seen, ['socket'])
    assert.throws(() => redis.on('message', undefined as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })
})

class PubSub {
  readonly listeners = new Set<unknown>()
  subscribe(_type: string, _channels: string, listener: unknown): void {
    this.listeners.add(listener)
  }
  unsubscribe(_type: string, _channels: string, listener: unknown): boolean {
    return this.listeners.delete(listener)
  }
  publish(...args: unknown[]): unknown[] {
    return under('socket', () =>
      [...this.listeners].map((listener) => (listener as (...all: unknown[]) => unknown)(...args)),
    )
  }
}
redisPatches().required?.['@redis/client/dist/lib/client/pub-sub']?.({ PubSub })

describe('a listener of a subscription, in node-redis', () => {
  it('is its subscriber’s, and is found again', () => {
    const pubSub = new PubSub()
    const listener = (...args: unknown[]) => [activeId(), ...args]
    under('a-1', () => pubSub.subscribe('CHANNELS', 'news', listener))
    assert.deepEqual(pubSub.publish('text', 'news'), [['a-1', 'text', 'news']])
    under('b-2', () => assert.equal(pubSub.unsubscribe('CHANNELS', 'news', listener), true))
    assert.equal(pubSub.listeners.size, 0)
  })

  it('stays one listener where it subscribes again, and is nobody’s where two requests share it', () => {
    const pubSub = new PubSub()
    const listener = () => activeId()
    under('a-1', () => pubSub.subscribe('CHANNELS', 'news', listener))
    under('a-1', () => pubSub.subscribe('CHANNELS', 'news', listener))
    assert.deepEqual(pubSub.publish(), ['a-1'])
    under('b-2', () => pubSub.subscribe('CHANNELS', 'weather', listener))
    assert.deepEqual(pubSub.publish(), [undefined])
  })

  it('is passed on as it is where it is no function', () => {
    const pubSub = new PubSub()
    pubSub.subscribe('CHANNELS', 'news', undefined)
    assert.deepEqual([...pubSub.listeners], [undefined])
    assert.equal(pubSub.unsubscribe('CHANNELS', 'news', undefined), true)
  })
})
