// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertPage, assertProblem, assertSilent } from '../../support/error-page.ts'
import { type App, runApp } from '../../support/run-app.ts'

type Answer = 'page' | 'problem' | 'silent'

const AXIOS = 'application/json, text/plain, */*'

/** For each value, what an error of Express's own is answered with, by what the client accepts. */
const PAGES: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  off: { '': 'silent', '*/*': 'silent', [AXIOS]: 'silent', 'application/json': 'silent' },
  'default-page': {
    '': 'page',
    '*/*': 'page',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8': 'page',
    [AXIOS]: 'page',
    'text/plain': 'page',
    'application/json;q=0.1, text/html': 'page',
    'application/json': 'problem',
    'application/problem+json': 'problem',
    'application/json, text/plain': 'problem',
    'text/html;q=0, */*': 'problem',
  },
  problem: {
    '': 'page',
    '*/*': 'page',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8': 'page',
    [AXIOS]: 'problem',
    'text/plain': 'page',
    'application/json;q=0.1, text/html': 'page',
    'application/json': 'problem',
    'application/problem+json': 'problem',
  },
}

/** The application's own bodies: only with `problem`, and only where they are problem details of an error. */
const OWN: Readonly<Record<string, 'member' | 'silent'>> = {
  '/problem': 'member',
  '/problem-send': 'member',
  '/problem-own': 'silent',
  '/problem-fine': 'silent',
  '/problem-list': 'silent',
  '/json-error': 'silent',
  '/own-page': 'silent',
  '/': 'silent',
}

async function assertAnswers(app: App, answers: Readonly<Record<string, Answer>>): Promise<void> {
  for (const [accept, answer] of Object.entries(answers)) {
    const headers = accept === '' ? {} : { accept }
    for (const [path, status] of [
      ['/missing', 404],
      ['/throw', 500],
      ['/reject', 500],
      ['/router/throw', 500],
      ['/sub/router/throw', 500],
      ['/sub/missing', 404],
    ] as const) {
      const response = await app.request(path, { headers })
      assert.equal(response.status, status)
      if (answer === 'page') assertPage(response)
      else if (answer === 'problem') assertProblem(response, status)
      else assertSilent(response)
      const head = await app.request(path, { headers, method: 'HEAD' })
      assert.equal(head.body, '')
      for (const name of ['content-type', 'vary']) assert.equal(head.headers[name], response.headers[name], name)
      // A page that says `Cannot HEAD` is one longer than one that says `Cannot GET`.
      const more = status === 404 && answer !== 'problem' ? 1 : 0
      assert.equal(Number(head.headers['content-length']), response.body.length + more, `HEAD ${path} as ${accept}`)
    }
  }
}

describe('CORRELATION_ERROR_BODY', () => {
  for (const fixture of ['server/express5.cjs', 'server/express5.mjs', 'express4/server.cjs']) {
    for (const [value, answers] of Object.entries(PAGES)) {
      // Where modules are loaded differently, one value tells whether the hook is there.
      if (fixture.endsWith('.mjs') && value !== 'problem') continue
      it(`${value} (${fixture})`, async (t) => {
        const app = await runApp({ fixture, env: { CORRELATION_ERROR_BODY: value, NODE_ENV: 'production' }, t })
        await assertAnswers(app, answers)
        for (const [path, answer] of Object.entries(OWN)) {
          const response = await app.request(path)
          if (value === 'problem' && answer === 'member') assertProblem(response, 409, { title: 'No' })
          else assertSilent(response)
        }
        // A cache must know that two clients get two pages.
        const problem = await app.request('/varies', { headers: { accept: 'application/json' } })
        assert.equal(problem.headers.vary, value === 'off' ? 'Origin' : 'Origin, Accept')
        assert.equal((await app.request('/varies')).headers.vary, 'Origin')
      })
    }
  }

  it('control: the same finds that the page is switched off', async (t) => {
    const app = await runApp({ fixture: 'server/express5.cjs', env: { CORRELATION_ERROR_BODY: 'off' }, t })
    const answers = PAGES['default-page'] as Readonly<Record<string, Answer>>
    await assert.rejects(assertAnswers(app, answers), { code: 'ERR_ASSERTION' })
  })
})
