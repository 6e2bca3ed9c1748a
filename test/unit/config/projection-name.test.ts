// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'

const PROJECTIONS = [
  {
    name: 'CORRELATION_BAGGAGE_KEY',
    key: 'baggageKey',
    usable: ['correlation_id', 'X-Id', "!#$%&'*+.^_`|~9", 'level', 'q'.repeat(128)],
    unusable: ['a;b', 'a,b', 'a b', 'é', '(a)', 'a\nb', 'toString', 'q'.repeat(129)],
  },
  {
    name: 'CORRELATION_SPAN_ATTRIBUTE',
    key: 'spanAttribute',
    usable: ['request_id', 'app.request-id', 'Level', 'q'.repeat(128)],
    unusable: [
      'correlation.reason',
      'correlation.received_id',
      '1st',
      'a,b',
      'a\u001b[31m',
      '__proto__',
      'q'.repeat(129),
    ],
  },
  {
    name: 'CORRELATION_LOG_FIELD',
    key: 'logField',
    usable: ['requestId', '@request.id', 'labels.id', '_id', 'q'.repeat(128)],
    unusable: [
      'message',
      'msg',
      'time',
      'pid',
      'span_id',
      'a"b',
      'a b',
      '__proto__',
      'hasOwnProperty',
      'q'.repeat(129),
    ],
  },
] as const

for (const { name, key, usable, unusable } of PROJECTIONS) {
  describe(name, () => {
    for (const text of usable) {
      it(`may be ${text} as it is written`, () => {
        const { config, problems } = loadConfig({ [name]: text })
        assert.equal(config[key], text)
        assert.deepEqual(problems, [])
      })
    }
    for (const text of unusable) {
      it(`is never ${JSON.stringify(text)}`, () => {
        const { config, problems } = loadConfig({ [name]: text })
        assert.equal(config[key], loadConfig({}).config[key])
        assert.equal(problems.length, 1)
      })
    }
  })
}
