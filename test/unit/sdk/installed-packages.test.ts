// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { applicationFolders, isInstalled } from '../../../src/sdk/installed-packages.ts'

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'correlation-')))
after(() => rmSync(root, { recursive: true, force: true }))
for (const folder of [
  'node_modules/hoisted',
  'node_modules/@scope/name',
  'node_modules/.pnpm/node_modules/inner',
  'app/node_modules/own',
  'app/src/deep',
]) {
  mkdirSync(path.join(root, folder), { recursive: true })
}

describe('isInstalled()', () => {
  const CASES: readonly (readonly [name: string, from: readonly string[], found: boolean])[] = [
    ['own', ['app/src/deep'], true],
    ['own', ['.'], false],
    ['own', ['.', 'app'], true],
    ['hoisted', ['app/src/deep'], true],
    ['@scope/name', ['app'], true],
    ['inner', ['app'], true],
    ['nowhere-at-all', ['app'], false],
    ['hoisted', [], false],
  ]
  for (const [name, from, found] of CASES) {
    it(`${found ? 'finds' : 'does not find'} ${name} from ${from.join(' and ') || 'nowhere'}`, () => {
      const folders = from.map((folder) => path.join(root, folder))
      assert.equal(isInstalled(name, folders), found)
    })
  }
})

describe('applicationFolders()', () => {
  it('are the working directory, and the folder of the main file', () => {
    assert.deepEqual(applicationFolders(), [process.cwd(), path.dirname(realpathSync(process.argv[1] ?? ''))])
  })

  it('do without a main file', () => {
    const main = process.argv[1] as string
    try {
      process.argv[1] = '/nowhere/app'
      assert.deepEqual(applicationFolders(), [process.cwd(), '/nowhere'])
      process.argv.length = 1
      assert.deepEqual(applicationFolders(), [process.cwd()])
    } finally {
      process.argv[1] = main
    }
  })
})
