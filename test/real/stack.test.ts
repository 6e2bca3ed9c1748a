// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { openPage } from '../support/chromium.ts'
import { consoleSteps, differenceFrom } from '../support/console-steps.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { findSpans } from '../support/jaeger-query.ts'
import { codeBlocks } from '../support/markdown.ts'
import { createProject } from '../support/packed.ts'
import { mustRun, ROOT, runCommand } from '../support/run-command.ts'
import { programPath } from './programs.ts'

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const SECTION = /^## See it in Jaeger\n([\s\S]*?)^## /m.exec(read('README.md'))?.[1] ?? ''
const INCIDENT = read('docs/incident.md')
const LOGS = '.cache/stack/logs'
/** Of the request that fails, in every service. */
const SPAN_COUNT = 9

const project = createProject('stack')
const logs = path.join(project.folder, 'logs')
let stack: ChildProcess
let ports: readonly number[]

/** A text of the documentation, with the addresses and the folder of this run. */
function here(text: string): string {
  return text
    .replaceAll('localhost:8080', `localhost:${ports[0]}`)
    .replaceAll('localhost:16686', `localhost:${ports[1]}`)
    .replaceAll(LOGS, logs)
}

before(async () => {
  // What the commands of the page call.
  for (const program of ['curl', 'jq'] as const) programPath(program)
  ports = await freePorts(2)
  const args = ['examples/stack/main.ts', `--port=${ports[0]}`, `--jaeger-port=${ports[1]}`, `--logs=${logs}`]
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] }
  stack = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  assert.ok(stack.stdout)
  for await (const line of createInterface({ input: stack.stdout })) if (line.startsWith('Log lines:')) return
  throw new Error('npm run stack ended before it served.')
})
after(async () => {
  const exit = once(stack, 'exit')
  stack.kill('SIGTERM')
  assert.deepEqual(await exit, [0, null])
  project[Symbol.dispose]()
})

const bash = (command: string, env: Readonly<Record<string, string>> = {}) =>
  mustRun('bash', ['-euo', 'pipefail', '-c', here(command)], { env }).stdout

const spansOf = (id: string) => findSpans(`http://localhost:${ports[1]}`, { attributes: { 'correlation.id': id } })

describe("the README's section", () => {
  const lines = codeBlocks(SECTION).flatMap(({ language, code }) => (language === 'sh' ? code.trim().split('\n') : []))

  it('has two ways to start the stack, and one to use it', () => {
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('curl ')),
      ['docker compose up -d --wait', 'npm run programs', 'npm run stack'],
    )
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    assert.equal(scripts['stack'], 'node examples/stack/main.ts')
    // So that the page of the exercise is the same in containers.
    assert.match(read('examples/demo/Dockerfile'), /^ENV NODE_ENV=production$/m)
  })

  it('promises what is seen: its requests are two traces, which its link shows in the page', async (t) => {
    const requests = lines.filter((line) => line.startsWith('curl '))
    assert.equal(requests.length, 2)
    for (const line of requests) assert.match(bash(line), /^x-correlation-id: order-4711\r$/im)
    await eventually(
      () => spansOf('order-4711'),
      (spans) => spans.length === 2 * SPAN_COUNT + 0,
    )
    const link = /http:\/\/localhost:16686\/search\S+/.exec(SECTION)?.[0] ?? ''
    const page = await openPage(t, here(link))
    await page.waitFor('/\\b2 Traces\\b/.test(document.body.innerText)')
    const text = await page.evaluate<string>('document.body.innerText')
    for (const service of ['shop', 'pricing', 'stock', 'notifier']) assert.match(text, new RegExp(`\\b${service} \\(`))
  })
})

describe('the exercise for people on call', () => {
  /** What changes from run to run. Lines of one millisecond may change places: those that `sort` made are compared as a set. */
  const mask = (line: string) =>
    line
      .replaceAll(logs, LOGS)
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/, '<time>')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '<uuid>')
  const sorted = (lines: readonly string[], command: string) =>
    /\| sort$/.test(command) ? lines.map(mask).toSorted() : lines.map(mask)
  const [page, ...steps] = consoleSteps(INCIDENT)
  let id: string

  before(async () => {
    const printed = bash(page?.command ?? '')
    assert.equal(differenceFrom(page?.shown ?? [], printed, mask), undefined)
    id = /<code>(.+)<\/code>/.exec(printed)?.[1] ?? ''
    await eventually(
      () => spansOf(id),
      (spans) => spans.length === SPAN_COUNT,
    )
  })

  it('begins with the page, whose ID is then in a variable', () => {
    assert.match(id, /^[0-9a-f-]{36}$/)
    const named = [...INCIDENT.matchAll(/^ID=(\S+)$/gm)].map(([, each]) => each)
    assert.deepEqual(named, [/<code>(.+)<\/code>/.exec(page?.shown.join('\n') ?? '')?.[1]])
    assert.equal(steps.length, 5)
  })

  for (const { command, shown } of steps) {
    it(`prints what it says: ${command.split('\n')[0]}`, () => {
      const printed = sorted(bash(command, { ID: id }).trimEnd().split('\n'), command)
      assert.equal(
        differenceFrom(sorted(shown, command), printed.join('\n'), (line) => line),
        undefined,
      )
    })
  }

  it('would be found out: another ID has no such story', () => {
    for (const { command, shown } of steps.filter((step) => step.command.includes('$ID'))) {
      const { stdout } = runCommand('bash', ['-c', here(command)], { env: { ID: 'another' } })
      assert.notEqual(differenceFrom(sorted(shown, command), stdout, mask), undefined)
    }
  })
})
