// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { newerApiProblem, newerOf } from '../../../src/sdk/api-version.ts'

/** An application with a copy of the API of the version. */
function appWith(version: string, t: TestContext): string {
  const root = mkdtempSync(path.join(tmpdir(), 'correlation-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const api = path.join(root, 'node_modules/@opentelemetry/api')
  mkdirSync(api, { recursive: true })
  writeFileSync(path.join(api, 'package.json'), JSON.stringify({ version, main: 'index.js' }))
  writeFileSync(path.join(api, 'index.js'), '')
  return path.join(root, 'app.js')
}

describe('newerApiProblem()', () => {
  for (const [version, isProblem] of [
    ['1.9.1', false],
    ['1.10.0', false],
    ['1.10.7', false],
    ['1.11.0', true],
  ] as const) {
    it(`${version} beside 1.10.0: ${isProblem ? 'one sentence' : 'nothing'}`, (t) => {
      const problem = newerApiProblem('1.10.0', appWith(version, t))
      if (isProblem) assert.match(String(problem), /@opentelemetry\/api 1\.11\.0, and this package 1\.10\.0/)
      else assert.equal(problem, undefined)
    })
  }

  it('an application without the API has no problem', () => {
    assert.equal(newerApiProblem('1.10.0', '/nowhere/app.js'), undefined)
  })
})

describe('newerOf()', () => {
  for (const [left, right, newer] of [
    ['1.9.1', '1.10.0', '1.10.0'],
    ['1.10.0', '1.9.1', '1.10.0'],
    ['1.10.0', '0', '1.10.0'],
  ] as const) {
    it(`${left} and ${right}: ${newer}`, () => assert.equal(newerOf(left, right), newer))
  }
})
