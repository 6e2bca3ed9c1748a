// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VARIABLES } from '../../../src/config/variables.ts'
import { renderVariablesTable } from '../../../src/config/variables-table.ts'

const LINES = renderVariablesTable().split('\n')

describe('renderVariablesTable()', () => {
  it('begins with the head of a Markdown table', () => {
    assert.deepEqual(LINES.slice(0, 2), ['| variable | default | meaning |', '|---|---|---|'])
  })

  it('has one line of three cells for each variable, in order', () => {
    const cells = LINES.slice(2).map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    assert.deepEqual(
      cells.map((row) => row[1]),
      VARIABLES.map((row) => `\`${row.name}\``),
    )
    for (const row of cells) assert.equal(row.length, 5, 'a cell more on each side of the outer pipes')
  })

  it('shows fixed defaults as code and derived ones as words', () => {
    const line = (name: string) => LINES.find((each) => each.includes(`| \`${name}\` |`)) ?? ''
    assert.ok(line('CORRELATION_SDK').startsWith('| `CORRELATION_SDK` | `auto` | Who owns telemetry'))
    assert.ok(line('CORRELATION_RESPONSE_HEADER').includes(' | the first of `CORRELATION_HEADERS` | '))
    assert.ok(line('CORRELATION_SAMPLE_RATIO').includes(' | unset | '))
  })
  it('keeps a pipe inside its cell', () => {
    const row = { name: 'CORRELATION_X', type: { kind: 'boolean' }, default: 'a|b', sentence: 'Is `a` | `b`.' } as const
    assert.equal(renderVariablesTable([row]).split('\n')[2], '| `CORRELATION_X` | `a\\|b` | Is `a` \\| `b`. |')
  })
})
