// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { codeBlocks } from '../support/markdown.ts'
import { ROOT } from '../support/run-command.ts'

interface LinkPattern {
  readonly type: string
  readonly key: string
  readonly url: string
  readonly text: string
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const { linkPatterns, ...rest } = JSON.parse(read('otel-collector/jaeger-ui.json')) as {
  readonly linkPatterns: readonly LinkPattern[]
}

/** What Jaeger makes of a template: each `#{name}` is an attribute's value, percent-encoded in a URL. */
function filled(template: string, values: Readonly<Record<string, string>>, encode: (text: string) => string): string {
  return template.replace(/#\{([^{}]*)\}/g, (_, name: string) => encode(values[name] ?? assert.fail(`no ${name}`)))
}

describe('the link patterns of Jaeger', () => {
  it('are all that the file has, each with its four members', () => {
    assert.deepEqual(rest, {})
    assert.ok(linkPatterns.length > 0)
    for (const pattern of linkPatterns) assert.deepEqual(Object.keys(pattern), ['type', 'key', 'url', 'text'])
  })

  it("make of the attribute the search that the page's link is", () => {
    const documented = codeBlocks(read('docs/jaeger.md')).find(({ code }) =>
      code.startsWith('http://localhost:16686/search'),
    )
    const link = new URL(documented?.code.trim() ?? '')
    for (const { type, key, url, text } of linkPatterns) {
      assert.deepEqual([type, key], ['tags', 'correlation.id'])
      const search = new URL(filled(url, { 'correlation.id': 'order-4711' }, encodeURIComponent), link)
      assert.equal(search.pathname, link.pathname)
      assert.equal(search.searchParams.get('tags'), link.searchParams.get('tags'))
      assert.deepEqual([...search.searchParams.keys()], [...link.searchParams.keys()])
      assert.match(
        filled(text, { 'correlation.id': 'order-4711' }, (each) => each),
        /order-4711/,
      )
    }
  })

  it('stay a search for one value, whatever an ID may have in it', () => {
    const odd = 'a/B:c@d=e+f~g.h_i-1'
    for (const { url } of linkPatterns) {
      const { searchParams } = new URL(filled(url, { 'correlation.id': odd }, encodeURIComponent), 'http://localhost')
      assert.equal(searchParams.get('tags'), JSON.stringify({ 'correlation.id': odd }))
    }
  })
})
