// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { anchorsOf, codeBlocks, linksOf } from '../support/markdown.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'docs/background.md',
  'docs/benchmarks.md',
  'docs/incident.md',
  'docs/jaeger.md',
  'docs/production.md',
  'docs/other-languages.md',
  'examples/flask/README.md',
  'examples/kubernetes/README.md',
  'otel-collector/README.md',
  'examples/proxies/README.md',
] as const
const CONFIGURATIONS = ['docker-compose.yml', ...globSync('otel-collector/*.yaml', { cwd: ROOT }).sort()]

/** Links that lead to no file, or to no heading of it. */
function brokenLinks(page: string, markdown: string): readonly string[] {
  return linksOf(markdown).filter((link) => {
    if (/^https?:/.test(link)) return !URL.canParse(link)
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), file)
    if (!existsSync(target)) return true
    if (anchor === undefined) return false
    return !anchorsOf(file === '' ? markdown : readFileSync(target, 'utf8')).has(anchor)
  })
}

/** Folders of somebody's machine; `/app` and the like of containers are examples. */
function machinePaths(text: string): readonly string[] {
  return text.match(/(?<![\w.])(?:\/(?:home|Users|root|tmp|work|var\/folders)\/|[A-Z]:\\)\S*/g) ?? []
}

describe('the pages', () => {
  for (const page of PAGES) {
    it(`${page} has links that lead somewhere`, () => {
      assert.deepEqual(brokenLinks(page, read(page)), [])
    })

    it(`${page} names only scripts that exist`, () => {
      const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
      const named = [...read(page).matchAll(/\bnpm run ([a-z:-]+[a-z])/g)].map(([, name = '']) => name)
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      )
    })
  }

  for (const file of [...PAGES, ...CONFIGURATIONS]) {
    it(`${file} has no path of a machine`, () => {
      assert.deepEqual(machinePaths(read(file)), [])
    })
  }

  it('would be found out', () => {
    const page = '[a](README.md) [b](no.md) [c](#here) [d](#there) [e](README.md#limits) [f](README.md#no)\n\n## Here\n'
    assert.deepEqual(brokenLinks('CHANGELOG.md', page), ['no.md', '#there', 'README.md#no'])
    assert.deepEqual(machinePaths('see /home/me/app and /app/node_modules'), ['/home/me/app'])
  })
})

/** Rows of the tables whose last column is `test` that have no link there. */
function rowsWithoutTest(markdown: string): readonly string[] {
  const isRow = (line: string) => line.startsWith('|')
  const tables = markdown.split(/\n(?!\|)/).map((block) => block.split('\n').filter(isRow))
  return tables
    .filter(([head = '']) => /\| test \|$/.test(head))
    .flatMap(([, , ...rows]) => rows.filter((row) => !/\]\([^|]+\.test\.ts\)[^|]*\|$/.test(row)))
}

describe('what the page on work in the background says', () => {
  it('has a test behind each row', () => {
    const page = read('docs/background.md')
    assert.deepEqual(rowsWithoutTest(page), [])
    const linked = page.replaceAll(/\]\([^)]*\.test\.ts\)/g, '')
    assert.ok(rowsWithoutTest(linked).length > 50, 'the check finds no rows')
  })
})

describe("the README's containers", () => {
  const blocks = codeBlocks(read('README.md'))
  const dockerfile = blocks.find(({ language }) => language === 'dockerfile')?.code ?? ''
  const environment = (
    parse(blocks.find(({ language }) => language === 'yaml')?.code ?? '') as {
      readonly env: readonly { readonly name: string; readonly value: string }[]
    }
  ).env
  const value = (name: string) => environment.find((entry) => entry.name === name)?.value

  it('set NODE_OPTIONS to the same absolute path, after npm has run', () => {
    const [, inDocker = ''] = /^ENV NODE_OPTIONS="([^"]*)"$/m.exec(dockerfile) ?? []
    assert.match(inDocker, /^--require \/\S+\/node_modules\/@org\/correlation\/register\.cjs$/)
    assert.ok(existsSync(path.join(ROOT, 'register.cjs')))
    assert.equal(value('NODE_OPTIONS'), inDocker)
    assert.ok(dockerfile.indexOf('ENV NODE_OPTIONS') > dockerfile.indexOf('RUN npm'))
  })

  it('send to the port of OTLP over HTTP', () => {
    assert.equal(new URL(value('OTEL_EXPORTER_OTLP_ENDPOINT') ?? '').port, '4318')
  })
})
