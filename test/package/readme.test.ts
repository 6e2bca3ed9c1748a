// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { renderVariablesTable } from '../../src/config/variables-table.ts'
import * as api from '../../src/index.ts'
import { codeBlocks, codeLines } from '../support/markdown.ts'
import { runApp } from '../support/run-app.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8')

const README = read('README.md')
const MANIFEST = JSON.parse(read('package.json')) as {
  readonly version: string
  readonly private?: boolean
  readonly engines: { readonly node: string }
  readonly scripts: Readonly<Record<string, string>>
}
/** All that runs in a process: the preload, and what it loads later. */
const PRELOAD = readdirSync(new URL('dist', ROOT))
  .filter((file) => /\.cjs$/.test(file) && !/^(?:cli|index|winston)\./.test(file))
  .map((file) => read(`dist/${file}`))
  .join('\n')

/** What changes from run to run: times, ports, IDs. */
function maskRun(line: string): string {
  return line
    .replace(/\d+\.\d ms/g, '<ms>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .trim()
}

/** The names in a text that look like variables, `*` included. */
function variableNames(text: string): readonly string[] {
  return [...new Set(text.match(/\b(?:OTEL|CORRELATION)_[A-Z0-9_*]*[A-Z0-9*]/g))]
}

/** Which names exist neither in the bundle, which has upstream's, nor in the harness. `*` stands for any part of a name. */
function unknownNames(names: readonly string[], sources: string): readonly string[] {
  return names.filter((name) => !new RegExp(`\\b${name.replaceAll('*', '[A-Z0-9_]+')}\\b`).test(sources))
}

describe('the README', () => {
  it('has the table of variables that the code has', () => {
    const table = /<!-- variables:start -->\n([\s\S]*?)<!-- variables:end -->/.exec(README)?.[1]?.trim()
    assert.deepEqual(table?.split('\n'), renderVariablesTable().split('\n'))
  })

  it('begins with the two commands', () => {
    assert.deepEqual(codeLines(README, 'sh').slice(0, 2), ['npm ci && npm run demo', 'npm ci && npm test'])
    assert.equal(codeBlocks(README)[0]?.language, 'sh', 'nothing comes before them')
    for (const script of ['demo', 'test']) assert.ok(MANIFEST.scripts[script], script)
    for (const script of ['predemo', 'pretest']) assert.match(MANIFEST.scripts[script] ?? '', /build/, script)
  })

  it('shows what the demo prints', async () => {
    const excerpt =
      codeBlocks(README)
        .find(({ code }) => code.startsWith('4. '))
        ?.code.trim() ?? ''
    assert.ok(excerpt.split('\n').length > 10)
    const demo = await runApp({
      fixture: fileURLToPath(new URL('examples/demo/main.ts', ROOT)),
      preload: 'none',
      serve: false,
    })
    const printed = demo.stdout.join('\n')
    const last = printed.slice(printed.indexOf('\n4. '), printed.indexOf('\nTo look an ID up')).trim()
    // Sorted: two entries in one millisecond may change places.
    assert.deepEqual(last.split('\n').map(maskRun).sort(), excerpt.split('\n').map(maskRun).sort())
  })

  const inFolders = ['otel-collector', 'examples/proxies'].map((folder) => `${folder}/README.md`)
  const inDocs = ['architecture', 'incident', 'jaeger', 'production'].map((name) => `docs/${name}.md`)
  for (const page of ['README.md', 'CHANGELOG.md', ...inFolders, ...inDocs]) {
    it(`names only variables that exist: ${page}`, () => {
      const names = variableNames(read(page))
      assert.deepEqual(unknownNames(names, PRELOAD), [])
    })
  }

  it('would notice a variable that does not exist', () => {
    const names = variableNames('`CORRELATION_SDKS`, `OTEL_BSP_*`, OTEL_BPS_*, `OTEL_SPAN_*_LIMIT`.')
    assert.deepEqual(names, ['CORRELATION_SDKS', 'OTEL_BSP_*', 'OTEL_BPS_*', 'OTEL_SPAN_*_LIMIT'])
    assert.deepEqual(unknownNames(names, PRELOAD), ['CORRELATION_SDKS', 'OTEL_BPS_*'])
  })

  it('shows each function of the public API in an example', () => {
    const examples = codeBlocks(README).filter(({ language }) => language === 'js' || language === 'cjs')
    const code = examples.map((block) => block.code).join('\n')
    for (const name of Object.keys(api)) assert.match(code, new RegExp(`\\b${name}\\(`), name)
    assert.match(code, /\bcorrelationFormat\(/)
  })

  it('says what the manifest says', () => {
    assert.match(
      README,
      new RegExp(`\\bNode\\.js ${MANIFEST.engines.node.replace('>=', '').replace(/\.0$/, '')} or newer`),
    )
    assert.equal(MANIFEST.private, true, 'once it is published, the README must not send people to a packed file')
    assert.match(README, /is not published yet/)
    const files = README.match(/org-correlation-[\d.]+\d\.tgz/g) ?? []
    assert.ok(files.length > 1)
    for (const file of files) assert.equal(file, `org-correlation-${MANIFEST.version}.tgz`)
  })
})
