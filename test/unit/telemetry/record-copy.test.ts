// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { copyWithFields } from '../../../src/telemetry/record-copy.ts'

const FIELDS = { correlation_id: 'id-1' }
const LEVEL = Symbol.for('level')

class Secretive extends Error {
  #detail: string
  constructor(message: string, detail: string) {
    super(message)
    this.#detail = detail
  }
  get detail(): string {
    return this.#detail
  }
}

describe('copyWithFields', () => {
  it('leaves the record as it is', () => {
    for (const record of [
      { message: 'a' },
      new Error('a'),
      new Secretive('a', 'b'),
      new DOMException('a', 'AbortError'),
    ]) {
      const before = [inspect(record, { showHidden: true }), Reflect.ownKeys(record)]
      copyWithFields(record, FIELDS)
      assert.deepEqual([inspect(record, { showHidden: true }), Reflect.ownKeys(record)], before)
    }
  })

  it('copies symbols, and adds what is not there', () => {
    const record = { [LEVEL]: 'info', level: 'info', correlation_id: undefined, trace_id: 'own' }
    const copy = copyWithFields(record, { ...FIELDS, trace_id: 'ours' })
    assert.deepEqual(copy, { [LEVEL]: 'info', level: 'info', correlation_id: 'id-1', trace_id: 'own' })
    assert.notEqual(copy, record)
  })

  it('adds own fields only: what a prototype has is not printed', () => {
    const copy = copyWithFields(Object.create(null, { message: { value: 'a', enumerable: true } }), FIELDS)
    assert.deepEqual({ ...copy }, { message: 'a', correlation_id: 'id-1' })
  })

  it('copies what is frozen', () => {
    assert.deepEqual(copyWithFields(Object.freeze({ message: 'a' }), FIELDS), { message: 'a', ...FIELDS })
  })

  it('keeps an error an error, with all that can be read from it', () => {
    const cause = new Error('cause')
    const error = Object.assign(new Secretive('failed', 'detail'), { code: 'E', cause })
    const copy = copyWithFields(error, FIELDS) as unknown as Secretive & { code: string }
    assert.ok(copy instanceof Secretive)
    assert.deepEqual(
      [copy.message, copy.stack, copy.name, copy.cause, copy.code, copy.detail],
      ['failed', error.stack, 'Error', cause, 'E', 'detail'],
    )
    assert.deepEqual(Object.keys(copy).sort(), ['cause', 'code', 'correlation_id'])
  })

  it('keeps a DOMException, whose message is an accessor', () => {
    const copy = copyWithFields(new DOMException('gone', 'AbortError'), FIELDS)
    assert.ok(copy instanceof DOMException)
    assert.deepEqual([copy['message'], copy['name'], copy['code']], ['gone', 'AbortError', 20])
  })

  it('adds the fields to what toJSON names', () => {
    const record = { message: 'a', toJSON: () => ({ text: 'a' }) }
    assert.equal(JSON.stringify(copyWithFields(record, FIELDS)), '{"correlation_id":"id-1","text":"a"}')
    assert.equal(JSON.stringify(copyWithFields({ toJSON: () => 'text' }, FIELDS)), '"text"')
    assert.equal(
      JSON.stringify(copyWithFields({ toJSON: () => ({ correlation_id: 'own' }) }, FIELDS)),
      '{"correlation_id":"own"}',
    )
  })

  it('throws where the record does, so that the caller can write the original', () => {
    const record = Object.defineProperty({}, 'a', { enumerable: true, get: () => assert.fail('read') })
    assert.throws(() => copyWithFields(record, FIELDS), /read/)
  })
})
