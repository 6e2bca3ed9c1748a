// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { runUntilSettled } from '../../../../instrumentations/messaging/run-until-settled.ts'
import { runCommand } from '../../../support/run-command.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const KEY = createContextKey('test')
const ERROR = new Error('no')

function begin() {
  const ends: unknown[][] = []
  return {
    ends,
    begun: { context: ROOT_CONTEXT.setValue(KEY, 'own'), end: (...args: unknown[]) => void ends.push(args) },
  }
}

describe('runUntilSettled()', () => {
  it('runs once in the context, gives what the library gives and ends with what is known of it', async () => {
    const { begun, ends } = begin()
    const seen: unknown[] = []
    const run = async () => {
      seen.push(context.active().getValue(KEY))
      return 7
    }
    assert.equal(await runUntilSettled(begun, run, (result) => ({ result })), 7)
    assert.deepEqual(seen, ['own'])
    assert.deepEqual(ends, [[undefined, { result: 7 }]])
  })

  it('is not in the way where there is nothing to end', async () => {
    const promise = Promise.resolve(7)
    assert.equal(
      runUntilSettled(undefined, () => promise),
      promise,
    )
  })

  const FAILURES: Readonly<Record<string, () => Promise<never>>> = {
    'a rejection': () => Promise.reject(ERROR),
    'an exception': () => {
      throw ERROR
    },
  }
  for (const [name, run] of Object.entries(FAILURES)) {
    it(`${name} is the caller's, and ends it as a failure`, async () => {
      const { begun, ends } = begin()
      await assert.rejects(async () => runUntilSettled(begun, run), ERROR)
      assert.deepEqual(ends, [[ERROR]])
    })
  }

  it('a rejection that nobody handles still ends the process', () => {
    const file = new URL('../../../../instrumentations/messaging/run-until-settled.ts', import.meta.url)
    const code = `import { ROOT_CONTEXT } from '@opentelemetry/api'
import { runUntilSettled } from '${file}'
runUntilSettled({ context: ROOT_CONTEXT, end() {} }, () => Promise.reject(new Error('forgotten')))`
    const { code: exitCode, stderr } = runCommand(process.execPath, ['--input-type=module', '-e', code])
    assert.equal(exitCode, 1)
    assert.match(stderr, /forgotten/)
  })

  it('a description that fails is left out; what is no promise is given back', async () => {
    const { begun, ends } = begin()
    const describe = () => {
      throw ERROR
    }
    assert.equal(await runUntilSettled(begun, async () => 7, describe), 7)
    assert.equal(
      runUntilSettled(begun, () => 8 as unknown as Promise<number>),
      8,
    )
    assert.deepEqual(ends, [[undefined, undefined], []])
  })
})
