// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import {
  ask,
  idsByName,
  linesOf,
  type ServiceOptions,
  startConsumer,
  startProducer,
} from '../support/kafka-services.ts'
import { createLifetime } from '../support/lifetime.ts'
import { type Kafka, startKafka } from '../support/start-kafka.ts'
import { fixtureIn } from './packages.ts'

const lifetime = createLifetime()
let kafka: Kafka
before(async () => {
  kafka = await startKafka(lifetime)
})
after(() => lifetime.end())

let topics = 0
const optionsFor = (t: TestContext): ServiceOptions => ({
  kafka,
  topic: `crashes-${++topics}`,
  fixture: fixtureIn('kafkajs-2', 'service.mjs', 'kafka'),
  t,
})

describe('a message through Kafka has one ID', () => {
  it('on each attempt: its consumer is killed, another one takes it again', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const sent = new Map([
      ['hangs-given', await ask(producer, '/send?name=hangs-given', 'order-1')],
      ['minted', await ask(producer, '/send?name=minted')],
    ])
    const killed = await startConsumer({ ...options, env: { HANGS: 'yes' } })
    const first = await linesOf(killed, 'handling', 1)
    await killed.stop('SIGKILL')
    assert.deepEqual([...idsByName(first)], [['hangs-given', 'order-1']])
    const other = await startConsumer(options)
    assert.deepEqual(idsByName(await linesOf(other, 'handled', 2)), sent)
  })

  it('on each attempt: its consumer is killed in the middle of a batch', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const sent = new Map<string, string>()
    for (const name of ['one', 'hangs', 'three']) sent.set(name, await ask(producer, `/send?name=${name}`))
    const killed = await startConsumer({ ...options, env: { HANGS: 'yes' } }, 'loop')
    const begun = idsByName(await linesOf(killed, 'handling', 2))
    await killed.stop('SIGKILL')
    for (const [name, id] of begun) assert.equal(id, sent.get(name))
    const other = await startConsumer(options, 'loop')
    const handled = await linesOf(other, 'handled', 2)
    await other.waitForLogs((all) => all.some(({ message }) => message === 'batch ends'), 60_000)
    for (const [name, id] of idsByName(handled)) assert.equal(id, sent.get(name))
    assert.ok(idsByName(handled).has('hangs'))
  })

  it('however often it is delivered', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const sent = new Map<string, string>()
    for (const [name, id] of [['given', 'order-2'], ['minted']] as const) {
      sent.set(name, await ask(producer, `/send?name=${name}`, id))
    }
    for (const group of ['once', 'again']) {
      const consumer = await startConsumer(options, 'message', { group: `${options.topic}-${group}` })
      assert.deepEqual(idsByName(await linesOf(consumer, 'handled', 2)), sent)
    }
  })

  it('when the broker is restarted between, and while it is sent', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    const sent = new Map([['before', await ask(producer, '/send?name=before', 'before-1')]])
    await linesOf(consumer, 'handled', 1)
    await kafka.stop()
    const pending = [ask(producer, '/send?name=during', 'during-2'), ask(producer, '/send?name=minted')] as const
    await kafka.start()
    sent.set('during', await pending[0]).set('minted', await pending[1])
    sent.set('after', await ask(producer, '/send?name=after', 'after-4'))
    const isHandled = () => {
      const ids = idsByName(consumer.logs.filter(({ message }) => message === 'handled'))
      return ids.size === sent.size
    }
    await consumer.waitForLogs(isHandled, 120_000)
    const ids = idsByName(consumer.logs.filter(({ message }) => message === 'handling' || message === 'handled'))
    for (const [name, id] of sent) assert.equal(ids.get(name), id, name)
  })
})
