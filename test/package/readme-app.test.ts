// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from '../support/http-request.ts'
import { codeBlocks, codeLines } from '../support/markdown.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
const BLOCKS = codeBlocks(README)
const APP = BLOCKS.find(({ code }) => code.startsWith('// app.mjs\n'))?.code ?? ''
const COMMANDS = codeLines(README, 'sh').filter((line) => line.startsWith('node '))
const CONSOLES = BLOCKS.filter(({ language }) => language === 'console').map(({ code }) => code)

/** What changes from run to run: generated IDs, trace and span IDs; and the spelling of field names means nothing. */
function mask(text: string): string {
  return text
    .replace(/^[\w-]+(?=: )/, (name) => name.toLowerCase())
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\b[0-9a-f]{32}\b/g, '<trace>')
    .replace(/\b[0-9a-f]{16}\b/g, '<span>')
}

let folder: string
let sink: OtlpSink

before(async () => {
  // Inside the repository, so that the package's own name and its libraries are found.
  mkdirSync(path.join(ROOT, '.cache'), { recursive: true })
  folder = mkdtempSync(path.join(ROOT, '.cache/readme-'))
  writeFileSync(path.join(folder, 'app.mjs'), APP)
  writeFileSync(path.join(folder, 'app.cjs'), APP.replace(/^import (\w+) from ('[^']+')$/gm, 'const $1 = require($2)'))
  sink = await startOtlpSink()
})

after(async () => {
  await sink.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts the app by a line of the README, as it stands there. */
async function startApp(line: string, t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const child = spawn('sh', ['-c', `exec ${line}`], {
    cwd: folder,
    env: {
      PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`,
      NODE_ENV: 'production',
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => child.kill('SIGKILL'))
  const lines: string[] = []
  const output = createInterface({ input: child.stdout }).on('line', (text) => lines.push(text))
  const [first] = (await once(output, 'line')) as [string]
  const port = /"listening on port (\d+)"/.exec(first)?.[1]
  assert.ok(port, first)
  return { lines, port }
}

/** Sends what a `$ curl` line says and compares the answer with what stands below it; `…` is for what was left out. */
async function assertShown(code: string, port: string): Promise<void> {
  const [command = '', ...shown] = code.trim().split('\n')
  const [, pathname = ''] = /^\$ curl (?:-i )?http:\/\/localhost:3000(\/\S*)/.exec(command) ?? assert.fail(command)
  const sent = [...command.matchAll(/-H '([^:]+): ([^']*)'/g)].map(([, name = '', value = '']) => [name, value])
  const headers = { accept: '*/*', ...Object.fromEntries(sent) }
  const { status, rawHeaders, body } = await request(`http://localhost:${port}${pathname}`, { headers })
  const fields = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
  const answer = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields, ...body.split('\n')].map(mask)
  let at = 0
  for (const line of shown.map(mask).filter((each) => each !== '…')) {
    const found = answer.findIndex((each, i) => {
      return i >= at && (line.startsWith('…') ? each.endsWith(line.slice(1)) : each === line)
    })
    assert.notEqual(found, -1, `not in the answer: ${line}\n${answer.join('\n')}`)
    at = found + 1
  }
}

describe("the README's app", () => {
  it('is there, with two ways to start it', () => {
    assert.match(APP, /express/)
    assert.equal(COMMANDS.length, 2)
    assert.ok(CONSOLES.length >= 4)
  })

  for (const command of COMMANDS) {
    it(`answers as shown: ${command}`, async (t) => {
      const { port } = await startApp(command, t)
      for (const code of CONSOLES) await assertShown(code, port)
    })
  }

  it('does not without the preload', async (t) => {
    const { port } = await startApp(COMMANDS[0] ?? '', t, { CORRELATION_ENABLED: 'false' })
    const tried = await Promise.allSettled(CONSOLES.map((code) => assertShown(code, port)))
    assert.deepEqual(new Set(tried.map(({ status }) => status)), new Set(['rejected']))
  })

  it('logs the line shown, and lines outside requests without an ID', { timeout: 20_000 }, async (t) => {
    const shown = codeLines(README, 'json').filter((line) => line.includes('"correlation_id"'))
    assert.equal(shown.length, 1)
    const { port, lines } = await startApp(COMMANDS[0] ?? '', t)
    await request(`http://localhost:${port}/orders/7`, { headers: { 'x-correlation-id': 'order-4711' } })
    while (lines.length < 2) await sleep(10)
    assert.deepEqual(lines.slice(1).map(mask), shown.map(mask))
    assert.doesNotMatch(lines[0] ?? '', /correlation_id|trace_id/)
  })

  it('sends a span with the attributes shown', async (t) => {
    const shown = BLOCKS.find(({ code }) => code.includes("'correlation.reason'"))?.code ?? ''
    const attributes = [...shown.matchAll(/'([^']+)': '([^']+)'/g)].map(([, name = '', value = '']) => [name, value])
    assert.equal(attributes.length, 3)
    const { port } = await startApp(COMMANDS[0] ?? '', t)
    const answer = await request(`http://localhost:${port}/fail`)
    const id = String(answer.headers['x-correlation-id'])
    const spans = await sink.waitForSpans((all) => all.some((span) => span.attributes['correlation.id'] === id))
    const span = spans.find((each) => each.attributes['correlation.id'] === id)
    for (const [name = '', value = ''] of attributes) {
      assert.equal(mask(String(span?.attributes[name])), mask(value), name)
    }
  })
})
