// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseRunArguments, type RunArguments } from '../../../src/cli/run-arguments.ts'

const run = (command: string, args: readonly string[] = [], more: Partial<RunArguments> = {}): RunArguments => ({
  command,
  args,
  id: undefined,
  isQuiet: false,
  ...more,
})

const CASES: readonly (readonly [args: readonly string[], expected: RunArguments | 'help' | 'mistake'])[] = [
  [['sh'], run('sh')],
  [['--', 'sh'], run('sh')],
  [['sh', '--id', 'a', '-q', '--help'], run('sh', ['--id', 'a', '-q', '--help'])],
  [['--', 'sh', '--', 'a'], run('sh', ['--', 'a'])],
  [['--', '--id', 'a'], run('--id', ['a'])],
  [['--id', 'a', 'sh'], run('sh', [], { id: 'a' })],
  [['--id=a', '--quiet', '--', 'sh'], run('sh', [], { id: 'a', isQuiet: true })],
  [['-q', '--id', 'a b', 'sh'], run('sh', [], { id: 'a b', isQuiet: true })],
  [['--id=-a', 'sh'], run('sh', [], { id: '-a' })],
  [['--id=', 'sh'], run('sh', [], { id: '' })],
  [['--id', '', 'sh'], run('sh', [], { id: '' })],
  [['--id', 'a', '--id', 'b', 'sh'], run('sh', [], { id: 'b' })],
  [['--help'], 'help'],
  [['-h', 'sh'], 'help'],
  [['-qh'], 'help'],
  [[], 'mistake'],
  [['--'], 'mistake'],
  [[''], 'mistake'],
  [['--quiet'], 'mistake'],
  [['--id'], 'mistake'],
  [['--id', '--', 'sh'], 'mistake'],
  [['--id', '-q', 'sh'], 'mistake'],
  [['--quiet=yes', 'sh'], 'mistake'],
  [['--no-quiet', 'sh'], 'mistake'],
  [['-x', 'sh'], 'mistake'],
]

describe('parseRunArguments', () => {
  for (const [args, expected] of CASES) {
    it(`${JSON.stringify(args)}: ${typeof expected === 'string' ? expected : `runs ${JSON.stringify(expected.command)}`}`, () => {
      const parsed = parseRunArguments(args)
      if (expected === 'mistake') assert.ok(typeof parsed === 'object' && 'mistake' in parsed)
      else assert.deepEqual(parsed, expected)
    })
  }

  it('hands on whatever stands behind the dashes, as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (command, args) => {
        assert.deepEqual(parseRunArguments(['--id', 'a', '--', command, ...args]), run(command, args, { id: 'a' }))
      }),
    )
  })

  it('repeats nothing that it was given in a mistake', () => {
    const parsed = parseRunArguments(['--hunter2', 'sh'])
    assert.ok(typeof parsed === 'object' && 'mistake' in parsed)
    assert.doesNotMatch(parsed.mistake, /hunter2/)
  })
})
