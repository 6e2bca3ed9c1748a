// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VARIABLES, type Variable, variable } from '../../../src/config/variables.ts'
import { ID_PATTERNS } from '../../../src/correlation/id.ts'
import {
  ATTR_CORRELATION_ID,
  BAGGAGE_CORRELATION_ID,
  HEADER_CORRELATION_ID,
  HEADER_REQUEST_ID,
  LOG_CORRELATION_ID,
} from '../../../src/correlation/names.ts'

/** The documented table, written out: what users rely on must not change by accident. */
const DOCUMENTED = [
  ['CORRELATION_ENABLED', 'boolean', 'true'],
  ['CORRELATION_SDK', 'words', 'auto'],
  ['CORRELATION_HEADERS', 'list', 'x-correlation-id,x-request-id'],
  ['CORRELATION_RESPONSE_HEADER', 'name', undefined],
  ['CORRELATION_OUTBOUND_HEADER', 'list', undefined],
  ['CORRELATION_BAGGAGE_KEY', 'name', 'correlation.id'],
  ['CORRELATION_SPAN_ATTRIBUTE', 'name', 'correlation.id'],
  ['CORRELATION_LOG_FIELD', 'name', 'correlation_id'],
  ['CORRELATION_ID_FORMAT', 'words', 'uuidv4'],
  ['CORRELATION_ID_PATTERN', 'pattern', 'token'],
  ['CORRELATION_ID_MAX_LENGTH', 'integer', '128'],
  ['CORRELATION_ON_MISSING', 'words', 'generate'],
  ['CORRELATION_ON_INVALID', 'words', 'regenerate'],
  ['CORRELATION_ON_CONFLICT', 'words', 'first'],
  ['CORRELATION_TRUST', 'list', 'all'],
  ['CORRELATION_REWRITE_REQUEST', 'boolean', 'true'],
  ['CORRELATION_PROPAGATE_TO', 'list', 'internal'],
  ['CORRELATION_STRIP_FORWARDED', 'boolean', 'false'],
  ['CORRELATION_ERROR_BODY', 'words', 'default-page'],
  ['CORRELATION_EXPOSE_HEADER', 'boolean', 'false'],
  ['CORRELATION_MESSAGING', 'boolean', 'true'],
  ['CORRELATION_JOBS', 'words', 'link'],
  ['CORRELATION_SAMPLE_RATIO', 'number', undefined],
  ['CORRELATION_FROM_ENV', 'boolean', 'true'],
  ['CORRELATION_SHUTDOWN_TIMEOUT_MS', 'integer', '2000'],
  ['CORRELATION_STRICT', 'boolean', 'false'],
]

const ROWS: readonly Variable[] = VARIABLES

describe('VARIABLES', () => {
  it('has the documented names, types and defaults in the documented order', () => {
    assert.deepEqual(
      ROWS.map((row) => [row.name, row.type.kind, row.default]),
      DOCUMENTED,
    )
  })

  it('says where a default that is not a text comes from', () => {
    const derived = ROWS.filter((row) => row.derived !== undefined).map((row) => [row.name, row.derived])
    assert.deepEqual(derived, [
      ['CORRELATION_RESPONSE_HEADER', 'the first of CORRELATION_HEADERS'],
      ['CORRELATION_OUTBOUND_HEADER', 'the first of CORRELATION_HEADERS'],
    ])
  })

  it('has the names of the wire as defaults', () => {
    assert.equal(variable('CORRELATION_HEADERS').default, `${HEADER_CORRELATION_ID},${HEADER_REQUEST_ID}`)
    assert.equal(variable('CORRELATION_BAGGAGE_KEY').default, BAGGAGE_CORRELATION_ID)
    assert.equal(variable('CORRELATION_SPAN_ATTRIBUTE').default, ATTR_CORRELATION_ID)
    assert.equal(variable('CORRELATION_LOG_FIELD').default, LOG_CORRELATION_ID)
  })

  it('knows every named pattern', () => {
    assert.deepEqual([...variable('CORRELATION_ID_PATTERN').type.words], Object.keys(ID_PATTERNS))
  })

  for (const row of ROWS) {
    it(`explains ${row.name} in whole sentences that name every allowed word`, () => {
      assert.match(row.sentence, /^[A-Z].*\.$/)
      const words = 'words' in row.type ? row.type.words : []
      for (const word of words) assert.ok(row.sentence.includes(`\`${word}\``), `the sentence lacks ${word}`)
      if ('min' in row.type) assert.ok(row.sentence.includes(`${row.type.min} to ${row.type.max}`))
    })
  }
})

describe('variable()', () => {
  it('finds each row by its name', () => {
    for (const row of VARIABLES) assert.equal(variable(row.name), row)
  })
})
