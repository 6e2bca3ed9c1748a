// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { CLI, correlationRun, NODE, QUIET_ENV, runIn } from '../support/correlation-run.ts'
import { ROOT } from '../support/run-command.ts'

const sh = (script: string): readonly string[] => ['sh', '-c', script]

/** Each is also run by itself, and must end in the same way. */
const ENDINGS: readonly (readonly [title: string, command: readonly string[]])[] = [
  ['success', sh('exit 0')],
  ['failure', sh('exit 3')],
  ['the highest exit code', sh('exit 255')],
  ['SIGTERM', sh('kill -TERM $$')],
  ['SIGINT', sh('kill -INT $$')],
  ['SIGHUP', sh('kill -HUP $$')],
  ['SIGKILL', sh('kill -KILL $$')],
  ['SIGUSR1', sh('kill -USR1 $$')],
  ['SIGUSR2', sh('kill -USR2 $$')],
  ['SIGALRM', sh('kill -ALRM $$')],
  ['SIGPIPE', sh('kill -PIPE $$')],
  ['output to both', sh('echo out; echo err >&2')],
  ['standard input', sh('cat; exit 4')],
  ['an exception', [NODE, '-e', 'throw new Error("thrown")']],
  [
    'arguments as they are',
    [NODE, '-p', 'JSON.stringify(process.argv.slice(1))', '--', '--id', '*', '$HOME', '', 'a b'],
  ],
]

describe('a command under correlation run', { concurrency: 2 }, () => {
  for (const [title, [program = '', ...args]] of ENDINGS) {
    for (const [mode, env] of [
      ['', {}],
      [
        ' with telemetry that nobody takes',
        { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
      ],
      [' without telemetry', { OTEL_SDK_DISABLED: 'true' }],
      [' with correlation turned off', { CORRELATION_ENABLED: 'false' }],
    ] as const) {
      it(`ends as by itself: ${title}${mode}`, () => {
        const input = title === 'standard input' ? 'typed' : undefined
        const all = { ...QUIET_ENV, CORRELATION_SHUTDOWN_TIMEOUT_MS: '300', ...env }
        const plain = runIn(all, program, args, input)
        const ours = correlationRun(['--quiet', '--', program, ...args], all, input)
        assert.deepEqual(ours, plain)
      })
    }
  }

  it('says how it ended, which the comparison above can tell apart', () => {
    assert.deepEqual(correlationRun(['--quiet', ...sh('exit 3')]), { code: 3, signal: null, stdout: '', stderr: '' })
    assert.equal(correlationRun(['--quiet', ...sh('kill -HUP $$')]).signal, 'SIGHUP')
  })

  it('that does not exist is 127, and a sentence that does not repeat it', () => {
    const { code, signal, stdout, stderr } = correlationRun(['--quiet', '--', 'no-such-command --password=hunter2'])
    assert.deepEqual([code, signal, stdout], [127, null, ''])
    assert.match(stderr, /^correlation: the command was not found; .+\.\n$/)
    assert.doesNotMatch(stderr, /no-such|hunter2/)
  })

  it('that is no program is 126', () => {
    const { code, stderr } = correlationRun(['--quiet', '--', path.join(ROOT, 'package.json')])
    assert.equal(code, 126)
    assert.equal(stderr, 'correlation: the command could not be started (EACCES).\n')
  })
})

const USAGE: readonly (readonly [title: string, args: readonly string[], code: number, output: RegExp])[] = [
  ['no command', [], 2, /^correlation: run needs a command, as in `.+`\.\n$/],
  ['nothing behind the dashes', ['--'], 2, /^correlation: run needs a command/],
  ['an empty command', ['--', ''], 2, /^correlation: run needs a command/],
  ['--id without a value', ['--id'], 2, /^correlation: run was given an option .+ or --id without a value/],
  ['--id in front of the dashes', ['--id', '--', 'sh'], 2, /^correlation: run was given an option/],
  ['an unknown option', ['--hunter2', 'sh'], 2, /^correlation: run was given an option that it does not have/],
  ['--help', ['--help'], 0, /^correlation: one correlation ID[\s\S]+correlation run \[--id ID\]/],
  ['-h behind another option', ['--id', 'a', '-h'], 0, /^correlation: one correlation ID/],
  ['a command without dashes', ['sh', '-c', 'echo "$X_CORRELATION_ID"'], 0, /^correlation ID: ([0-9a-f-]{36})\n\1\n$/],
  ['options of the command', [NODE, '--version'], 0, /v\d+\.\d+\.\d+\n$/],
  ['an ID behind an equals sign', ['--id=-a', 'sh', '-c', 'echo "$X_CORRELATION_ID"'], 0, /^correlation ID: -a\n-a\n$/],
]

describe('the arguments of correlation run', { concurrency: 2 }, () => {
  for (const [title, args, code, output] of USAGE) {
    it(`${title}: ${code}`, () => {
      const result = correlationRun(args)
      assert.equal(result.code, code, result.stderr)
      assert.match(result.stderr + result.stdout, output)
      if (code === 2) assert.equal(result.stdout, '')
      assert.doesNotMatch(result.stderr, /hunter2/)
    })
  }

  for (const [title, id, env] of [
    ['a space', 'a hunter2', {}],
    ['nothing', '', {}],
    ['a letter beyond ASCII', 'hunter2-ü', {}],
    ['an escape sequence', '\u001b[31mhunter2', {}],
    ['a line break', 'hunter2\nset-cookie: a=b', {}],
    ['129 characters', 'hunter2'.padEnd(129, 'a'), {}],
    ['a text that CORRELATION_ID_PATTERN refuses', 'hunter2', { CORRELATION_ID_PATTERN: 'uuid' }],
    ['a text that is too long', 'hunter2'.padEnd(41, 'a'), { CORRELATION_ID_MAX_LENGTH: '40' }],
    ['a space, with correlation turned off', 'a hunter2', { CORRELATION_ENABLED: 'false' }],
  ] as const) {
    it(`an ID of ${title} is an error, is not repeated, and nothing is run`, () => {
      const { code, stdout, stderr } = correlationRun(['--id', id, '--', 'echo', 'run'], env)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, /^correlation: the value of --id is no correlation ID: .+ Nothing was run\.\n$/)
      assert.doesNotMatch(stderr, /hunter2/)
    })
  }
})

describe('the ID of correlation run', () => {
  it('stands on standard error before all that the command writes, and standard output is the command’s', () => {
    const result = correlationRun(['--id', 'order-1', '--', ...sh('echo first >&2; echo out')])
    assert.deepEqual(result, { code: 0, signal: null, stdout: 'out\n', stderr: 'correlation ID: order-1\nfirst\n' })
  })

  it('stays the same in a run inside of it, and changes where that asks for another', () => {
    const inner = (args: readonly string[]) => [
      NODE,
      CLI,
      'run',
      ...args,
      '--',
      ...sh('echo "$X_CORRELATION_ID $BAGGAGE"'),
    ]
    const same = correlationRun(['--id', 'outer', '--', ...inner([])])
    assert.equal(same.stdout, 'outer correlation.id=outer\n')
    assert.equal(same.stderr, 'correlation ID: outer\ncorrelation ID: outer\n')
    const other = correlationRun(['--id', 'outer', '--', ...inner(['--id', 'inner'])])
    assert.equal(other.stdout, 'inner correlation.id=inner\n')
  })

  it('bad configuration ends it where CORRELATION_STRICT says so, and only there', () => {
    const env = { CORRELATION_TRUSTED: 'all' }
    assert.equal(correlationRun(['echo', 'run'], env).stdout, 'run\n')
    const strict = correlationRun(['echo', 'run'], { ...env, CORRELATION_STRICT: 'true' })
    assert.deepEqual([strict.code, strict.stdout], [1, ''])
  })
})
