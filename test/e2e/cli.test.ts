// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { accessSync, constants, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { VARIABLES } from '../../src/config/variables.ts'
import { type CommandResult, ROOT, runCommand } from '../support/run-command.ts'

const CLI = path.join(ROOT, 'dist/cli.cjs')
const NODE = process.env['CORRELATION_TEST_NODE'] ?? process.execPath
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }

const UNKNOWN = 'correlation: this command is not known; `correlation --help` lists the commands.\n'
const isHelp = (text: string) => text.startsWith('correlation: one correlation ID') && text.includes('Usage:')

const CASES: readonly {
  readonly name: string
  readonly args: readonly string[]
  readonly code: number
  readonly stdout: string | ((text: string) => boolean)
  readonly stderr: string
}[] = [
  { name: 'path', args: ['path'], code: 0, stdout: `${path.join(ROOT, 'register.cjs')}\n`, stderr: '' },
  { name: '--version', args: ['--version'], code: 0, stdout: `${version}\n`, stderr: '' },
  { name: '-v', args: ['-v'], code: 0, stdout: `${version}\n`, stderr: '' },
  { name: '--help', args: ['--help'], code: 0, stdout: isHelp, stderr: '' },
  { name: '-h', args: ['-h'], code: 0, stdout: isHelp, stderr: '' },
  { name: 'help of a command', args: ['path', '--help'], code: 0, stdout: isHelp, stderr: '' },
  { name: 'no argument', args: [], code: 0, stdout: isHelp, stderr: '' },
  { name: 'an unknown command', args: ['paht'], code: 2, stdout: '', stderr: UNKNOWN },
  { name: 'an unknown option', args: ['--verbose'], code: 2, stdout: '', stderr: UNKNOWN },
  { name: 'a word too many', args: ['path', 'there'], code: 2, stdout: '', stderr: UNKNOWN },
  { name: 'an option too many', args: ['path', '--json'], code: 2, stdout: '', stderr: UNKNOWN },
  { name: 'a hostile word is not echoed', args: ['\u001b[31m'], code: 2, stdout: '', stderr: UNKNOWN },
]

function runCli(args: readonly string[]): CommandResult {
  // Another working directory: the path printed is the package's, not the caller's.
  return runCommand(NODE, [CLI, ...args], { cwd: tmpdir() })
}

describe('the bin correlation', () => {
  for (const { name, args, code, stdout, stderr } of CASES) {
    it(name, () => {
      const result = runCli(args)
      assert.equal(result.code, code)
      if (typeof stdout === 'string') assert.equal(result.stdout, stdout)
      else assert.ok(stdout(result.stdout), result.stdout)
      assert.equal(result.stderr, stderr)
    })
  }

  it('names a file that is there', () => {
    accessSync(runCli(['path']).stdout.trimEnd(), constants.R_OK)
  })

  it('lists every variable with its default and its sentence, without Markdown', () => {
    const { stdout } = runCli(['--help'])
    for (const row of VARIABLES) {
      const value = row.default ?? ('derived' in row ? row.derived : 'unset')
      assert.ok(stdout.includes(`  ${row.name} (${value})\n      ${row.sentence.replaceAll('`', '')}\n`), row.name)
    }
    assert.doesNotMatch(stdout.slice(stdout.indexOf('Environment')), /`/)
  })

  it('can be executed as it is', () => {
    const result = runCommand(CLI, ['--version'], { env: { PATH: `${path.dirname(NODE)}:${process.env['PATH']}` } })
    assert.deepEqual(result, { code: 0, stdout: `${version}\n`, stderr: '' })
  })
})
