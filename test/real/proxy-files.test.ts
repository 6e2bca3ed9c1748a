// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { variable } from '../../src/config/variables.ts'
import { ID_PATTERNS } from '../../src/correlation/id.ts'
import { createProject } from '../support/packed.ts'
import { type CommandResult, ROOT, runCommand } from '../support/run-command.ts'
import { placeProxy } from '../support/start-proxy.ts'
import { programPath } from './programs.ts'
import { PROXIES, type ProxyProgram } from './proxies.ts'

const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

const TOKEN = ID_PATTERNS.token.source
const MAX_LENGTH = Number(variable('CORRELATION_ID_MAX_LENGTH').default)
/** The package's pattern and its length in one expression. */
const ONE_EXPRESSION = TOKEN.replace(/\*\$$/, `{0,${MAX_LENGTH - 1}}$`)

/** Whatever begins like a pattern of IDs, up to its end. The collector writes `$$` for a `$`. */
function patternsOf(text: string): readonly string[] {
  return (text.match(/\^\[A-Za-z0-9[^\s'"]*/g) ?? []).map((pattern) => pattern.replaceAll('$$', '$'))
}

/** The gate of the collector, and every other of its files that has one. */
const GATES = globSync('otel-collector/*.yaml', { cwd: ROOT }).filter((file) => textOf(file).includes('IsMatch('))
const FILES = ['nginx.conf', 'haproxy.cfg', 'Caddyfile'].map((name) => `examples/proxies/${name}`)

describe('the pattern of IDs', () => {
  for (const file of new Set([...FILES, 'otel-collector/gateway.yaml', ...GATES])) {
    it(`is the package's, with its length, in ${file}`, () => {
      const patterns = patternsOf(textOf(file))
      assert.ok(patterns.length > 0, 'there is none')
      assert.deepEqual(new Set(patterns), new Set([ONE_EXPRESSION]))
    })
  }

  it("is the package's in examples/proxies/envoy.yaml, beside its length: a count is too large for Envoy's expressions", () => {
    const text = textOf('examples/proxies/envoy.yaml')
    assert.deepEqual(patternsOf(text), [TOKEN])
    assert.deepEqual(
      [...text.matchAll(/size\(request\.headers\['x-correlation-id'\]\) <= (\d+)/g)].map(([, length]) =>
        Number(length),
      ),
      [MAX_LENGTH],
    )
  })

  it('means in one expression what the package checks in two steps', () => {
    const one = new RegExp(ONE_EXPRESSION)
    for (const text of ['', 'a', '.a', 'a.', 'a'.repeat(MAX_LENGTH), 'a'.repeat(MAX_LENGTH + 1), 'a b']) {
      assert.equal(one.test(text), text.length <= MAX_LENGTH && ID_PATTERNS.token.test(text), text)
    }
  })

  it('would be found out', () => {
    for (const other of [TOKEN, ONE_EXPRESSION.replace('@', ''), ONE_EXPRESSION.replace('127', '128')]) {
      assert.notDeepEqual(patternsOf(`map x { "~${other}" y; }`), [ONE_EXPRESSION])
    }
    assert.deepEqual(patternsOf(`IsMatch(x, "${ONE_EXPRESSION.replace('$', '$$$$')}")`), [ONE_EXPRESSION])
  })
})

/** The program's own judgement of the file, with the addresses as documented: only what this machine lacks is replaced. */
function checkFile(t: TestContext, proxy: ProxyProgram, change?: (text: string) => string): CommandResult {
  const { folder, [Symbol.dispose]: remove } = createProject(`${proxy.name}-check`)
  t.after(remove)
  const args = proxy.checkArgs(placeProxy(proxy, { port: 8080, upstreamPort: 3000, folder }, change))
  return runCommand(programPath(proxy.name), args, { cwd: folder, env: { HOME: folder } })
}

const named = (name: ProxyProgram['name']) => PROXIES.find((proxy) => proxy.name === name) as ProxyProgram

/** What the page warns of. */
const REJECTED: readonly {
  readonly proxy: ProxyProgram
  readonly title: string
  readonly change: (text: string) => string
  readonly says: RegExp
}[] = [
  {
    proxy: named('haproxy'),
    title: 'the pattern in double quotes',
    change: (text) => text.replace(`'${ONE_EXPRESSION}'`, () => `"${ONE_EXPRESSION}"`),
    says: /environment variable name/,
  },
  {
    proxy: named('envoy'),
    title: 'the length in the pattern',
    change: (text) => text.replace(TOKEN, () => ONE_EXPRESSION),
    says: /regular expression exceeds max allowed size/,
  },
]

describe('the files of the proxies', () => {
  for (const proxy of PROXIES) {
    it(`${proxy.file} is accepted by ${proxy.name} itself, a broken one is not`, (t) => {
      const { code, stdout, stderr } = checkFile(t, proxy)
      assert.equal(code, 0, stdout + stderr)
      assert.doesNotMatch(stdout + stderr, /deprecat|\[(?:warn|warning)\]|"level":"warn"/i)
      assert.notEqual(checkFile(t, proxy, (text) => `${text}\n{ nonsense\n`).code, 0)
    })
  }

  for (const { proxy, title, change, says } of REJECTED) {
    it(`${proxy.file} would not be accepted with ${title}`, (t) => {
      const { code, stdout, stderr } = checkFile(t, proxy, change)
      assert.notEqual(code, 0)
      assert.match(stdout + stderr, says)
    })
  }
})
