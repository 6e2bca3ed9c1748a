// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import { describeConfig } from '../../../src/config/describe-config.ts'
import { VARIABLES, type Variable, type VariableName } from '../../../src/config/variables.ts'
import { CASES } from './config-cases.ts'

function described(name: VariableName, text: string): string | undefined {
  return new Map(describeConfig(loadConfig({ [name]: text }).config)).get(name)
}

describe('describeConfig()', () => {
  it('has the defaults by variable name, in the order of the table', () => {
    const expected = VARIABLES.map((row: Variable) => {
      const fallback = row.derived === undefined ? 'unset' : 'x-correlation-id'
      return [row.name, row.default ?? fallback]
    })
    assert.deepEqual(describeConfig(loadConfig({}).config), expected)
  })

  for (const { name, accepted } of CASES) {
    it(`shows what ${name} came to`, () => {
      for (const [text] of accepted) {
        const shown = described(name, text)
        assert.ok(shown !== undefined)
        assert.deepEqual(loadConfig({ [name]: shown }), loadConfig({ [name]: text }))
      }
    })
  }

  it('shows what is turned off as none', () => {
    const names = ['RESPONSE_HEADER', 'OUTBOUND_HEADER', 'BAGGAGE_KEY', 'SPAN_ATTRIBUTE', 'LOG_FIELD'] as const
    for (const name of names) assert.equal(described(`CORRELATION_${name}`, 'NONE'), 'none')
  })

  it('shows a pattern as its author wrote it', () => {
    assert.equal(described('CORRELATION_ID_PATTERN', '/req-[0-9]+|x/'), '/req-[0-9]+|x/')
    assert.equal(described('CORRELATION_ID_PATTERN', 'ULID'), 'ulid')
  })

  it('shows only the length of what is not safe to print', () => {
    assert.equal(described('CORRELATION_TRUST', 'loopback,\u001b[31m'), 'loopback,(a text of 5 characters)')
    assert.equal(described('CORRELATION_PROPAGATE_TO', 'https://me:pass@host'), '(a text of 20 characters)')
    assert.equal(
      described('CORRELATION_PROPAGATE_TO', '!*.example.com,[::1]:80,10.0.0.0/8'),
      '!*.example.com,[::1]:80,10.0.0.0/8',
    )
    assert.equal(described('CORRELATION_ID_PATTERN', '/a\u0007/'), '(a text of 2 characters)')
  })
})
