// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ENVIRONMENT, NPM } from '../support/package-managers.ts'
import { createProject, pack } from '../support/packed.ts'
import { runApp } from '../support/run-app.ts'
import { mustRun, ROOT, runCommand } from '../support/run-command.ts'

/** The line of the README's Dockerfile, and what else runs in such a container, from a working directory that is not the app's. */
const app = createProject('docker-app')
const elsewhere = createProject('elsewhere')
const register = path.join(app.folder, 'node_modules/@org/correlation/register.cjs')
const LINE = `--require ${register}`

before(() => {
  NPM.prepare(app.folder)
  const { code, stderr } = NPM.add(app.folder, [pack(app.folder), 'express@5.3.0', 'winston@3.19.0'])
  assert.equal(code, 0, stderr)
  copyFileSync(path.join(ROOT, 'test/fixtures/express5.mjs'), path.join(app.folder, 'express5.mjs'))
  const scripts = { fails: 'exit 7', says: 'node -p 6*7' }
  writeFileSync(
    path.join(elsewhere.folder, 'package.json'),
    JSON.stringify({ name: 'elsewhere', version: '1.0.0', scripts }),
  )
})
after(() => {
  app[Symbol.dispose]()
  elsewhere[Symbol.dispose]()
})

const HEALTH_CHECK = 'fetch(process.argv[1]).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))'

const COMMANDS: readonly {
  readonly name: string
  readonly program: string
  readonly args: (url: string) => readonly string[]
  readonly code: number
}[] = [
  { name: 'npm --version', program: 'npm', args: () => ['--version'], code: 0 },
  { name: 'npm ls', program: 'npm', args: () => ['ls', '--all'], code: 0 },
  { name: 'npm pack', program: 'npm', args: () => ['pack', '--dry-run', '--json'], code: 0 },
  { name: 'npm view', program: 'npm', args: () => ['view', 'express@5.3.0', 'name'], code: 0 },
  { name: 'npm run', program: 'npm', args: () => ['run', '--silent', 'says'], code: 0 },
  { name: 'npm run with an exit code', program: 'npm', args: () => ['run', '--silent', 'fails'], code: 7 },
  { name: 'npx', program: 'npx', args: () => ['--no', '--prefix', app.folder, 'correlation', 'path'], code: 0 },
  { name: 'a health check', program: 'node', args: (url) => ['-e', HEALTH_CHECK, url], code: 0 },
  {
    name: 'a health check that fails',
    program: 'node',
    args: (url) => ['-e', HEALTH_CHECK, `${url}/missing`],
    code: 1,
  },
  { name: 'a script', program: 'node', args: () => ['-e', 'process.exit(3)'], code: 3 },
  { name: 'an error', program: 'node', args: () => ['-e', 'Promise.reject(new RangeError("no"))'], code: 1 },
]

describe('the Docker line', () => {
  it('gives the app its IDs, whatever the working directory', async (t) => {
    const file = path.join(app.folder, 'express5.mjs')
    const running = await runApp({
      fixture: file,
      cwd: elsewhere.folder,
      preload: 'none',
      env: { NODE_OPTIONS: LINE },
      t,
    })
    const { headers } = await running.request('/', { headers: { 'x-correlation-id': 'an-id' } })
    assert.equal(headers['x-correlation-id'], 'an-id')
    assert.equal(running.stderr, '')
  })

  it('does not break what runs beside the app: same output, same exit code', async (t) => {
    const running = await runApp({ fixture: path.join(app.folder, 'express5.mjs'), preload: 'none', t })
    for (const { name, program, args, code } of COMMANDS) {
      const run = (options: string | undefined) => runBeside(program, args(running.url), options)
      const without = run(undefined)
      assert.equal(without.code, code, `${name}: ${without.stderr}`)
      assert.deepEqual(run(LINE), without, name)
    }
  })

  it('and would be noticed if it did: a name in place of the path breaks all of them', () => {
    const { code, stderr } = runBeside('npm', ['--version'], '--require @org/correlation/register')
    assert.notEqual(code, 0)
    assert.match(stderr, /Cannot find module '@org\/correlation\/register'/)
  })

  it('is what the bin prints', () => {
    const bin = path.join(app.folder, 'node_modules/.bin/correlation')
    assert.equal(mustRun(bin, ['path'], { cwd: elsewhere.folder, env: ENVIRONMENT }).stdout, `${register}\n`)
    assert.ok(readFileSync(register, 'utf8').includes('SPDX-License-Identifier'))
  })
})

/** Runs a command as a container would; what differs from run to run is taken out. */
function runBeside(program: string, args: readonly string[], NODE_OPTIONS: string | undefined) {
  const env = { ...ENVIRONMENT, NODE_OPTIONS, npm_config_update_notifier: 'false', npm_config_prefix: undefined }
  const { code, stdout, stderr } = runCommand(program, args, { cwd: elsewhere.folder, env })
  return { code, stdout, stderr: stderr.replaceAll(/^.*(?:complete log of this run|_logs\/).*$/gm, '') }
}
