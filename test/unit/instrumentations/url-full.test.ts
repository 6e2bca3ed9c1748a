// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { redactQuery, urlFullOf, urlPartsOf } from '../../../instrumentations/url-full.ts'

/** As instrumentation-http does it, each time. */
function redactSlowly(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://localhost')
  for (const key of ['sig', 'Signature', 'AWSAccessKeyId', 'X-Goog-Signature', 'X-Amz-Signature']) {
    if (searchParams.has(key)) searchParams.set(key, 'REDACTED')
  }
  return `${pathname}?${searchParams}`
}

const piece = fc.string({ unit: fc.constantFrom(...'ab0/.-_~%2e+,;:@!*()=&?sig ü\\'), maxLength: 12 })

describe('urlFullOf', () => {
  const CASES: readonly (readonly [parts: Parameters<typeof urlFullOf>, url: string])[] = [
    [['http:', 'h', 80, '/x'], 'http://h/x'],
    [['http:', 'h', undefined, '/x'], 'http://h/x'],
    [['http:', 'h', 443, '/x'], 'http://h:443/x'],
    [['https:', 'h', 443, '/x'], 'https://h/x'],
    [['https:', '::1', 8443, '/x'], 'https://[::1]:8443/x'],
    [['http:', 'proxy', 3128, 'http://user:pass@h/x?sig=secret&a=1'], 'http://REDACTED:REDACTED@h/x?sig=REDACTED&a=1'],
    [['http:', 'proxy', 3128, 'http://h/x'], 'http://h/x'],
  ]
  for (const [parts, url] of CASES) it(url, () => assert.equal(urlFullOf(...parts), url))
})

describe('redactQuery', () => {
  it('property: what needs no parsing comes out as parsing would have it', () => {
    fc.assert(
      fc.property(piece, piece, (path, query) => {
        const target = `/${path}?${query}`
        fc.pre(URL.canParse(target, 'http://localhost'))
        assert.equal(redactQuery(target), redactSlowly(target))
      }),
      { numRuns: 2000 },
    )
  })

  it('drops a query that cannot be parsed', () => assert.equal(redactQuery('//[?sig=secret'), '//['))
})

describe('urlPartsOf', () => {
  it('property: the parts are those of the URL', () => {
    fc.assert(
      fc.property(piece, (path) => {
        const url = URL.parse(`/${path}`, 'http://h:1')
        fc.pre(url !== null && !url.searchParams.has('sig') && url.username + url.password === '')
        const { href: full, pathname, search: query } = url as URL
        assert.deepEqual(urlPartsOf('http://h:1', `/${path}`), { full, path: pathname, query })
      }),
      { numRuns: 2000 },
    )
  })

  it('has no signature and no credentials', () => {
    assert.deepEqual(urlPartsOf('http://h', 'http://user:pass@other/x?sig=secret'), {
      full: 'http://REDACTED:REDACTED@other/x?sig=REDACTED',
      path: '/x',
      query: '?sig=REDACTED',
    })
    assert.equal(urlPartsOf('http://h', '/x?%73ig=secret&a=1')?.query, '?sig=REDACTED&a=1')
    assert.equal(urlPartsOf('http://h', 'http://'), undefined)
  })
})
