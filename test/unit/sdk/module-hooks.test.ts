// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { onRequire } from '../../../src/sdk/module-hooks.ts'

const FILES = {
  'node_modules/whole/index.js': 'module.exports = () => "whole"',
  'node_modules/parted/package.json': '{"main": "./lib/main.js"}',
  'node_modules/parted/lib/main.js': 'exports.inner = require("./inner"); exports.again = require("./inner.js")',
  'node_modules/parted/lib/inner.js': 'exports.name = "inner"',
  'node_modules/parted/other/inner.js': 'exports.name = "other"',
  'node_modules/circle/lib/start.js': 'exports.early = 1; exports.saw = require("./end"); exports.late = 2',
  'node_modules/circle/lib/end.js': 'exports.marked = "marked" in require("./start")',
  'node_modules/dual/package.json': '{"type": "module", "exports": {"require": "./dist/main.cjs"}}',
  'node_modules/dual/dist/main.cjs': 'exports.part = require("./part.cjs")',
  'node_modules/dual/dist/part.cjs': 'exports.name = "part"',
  'node_modules/throws/index.js': 'exports.name = "throws"',
  'node_modules/value/index.js': 'module.exports = 5',
  'lib/inner.js': 'exports.name = "of the application"',
  'lib/again.js': 'require("./inner.js"); require("parted/lib/inner")',
}

interface Resolver {
  _resolveFilename: (id: string, ...rest: unknown[]) => string
}

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'correlation-')))
after(() => rmSync(folder, { recursive: true, force: true }))
for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true })
  writeFileSync(path.join(folder, file), text)
}
const load = createRequire(path.join(folder, 'app.js'))
const { getBuiltinModule } = process
let calls = 0
const mark = (exports: unknown) => {
  calls += 1
  return Object.assign(exports as object, { marked: calls })
}
onRequire({
  whole: (exports) => () => `not ${(exports as () => string)()}`,
  'parted/lib/inner': mark,
  'circle/lib/start': mark,
  'dual/dist/part': mark,
  throws: () => {
    throw new Error('a mistake of ours')
  },
  value: () => 6,
})

describe('onRequire()', () => {
  it('puts what it is given in the place of the exports, each time', () => {
    for (const id of ['whole', 'whole', 'whole/index', 'whole/index.js', `${folder}/node_modules/whole`]) {
      assert.equal((load(id) as () => string)(), 'not whole', id)
    }
  })

  it('sees a file that is called .cjs', () => {
    const { part } = load('dual') as Record<string, Record<string, unknown>>
    assert.deepEqual(part, { name: 'part', marked: calls })
  })

  it('sees an inner file once, however its package names it, and no other of that name', () => {
    const before = calls
    const { inner, again } = load('parted') as Record<string, Record<string, unknown>>
    assert.equal(again, inner)
    assert.equal(calls, before + 1)
    assert.equal(inner?.['marked'], calls)
    for (const id of ['./lib/inner', 'parted/other/inner']) assert.ok(!('marked' in load(id)), id)
  })

  it('does not resolve a file of the application a second time that is called as one of them is', (t) => {
    const resolve = t.mock.method(Module as unknown as Resolver, '_resolveFilename')
    load('./lib/again')
    const resolved = (end: string) => resolve.mock.calls.filter(({ arguments: [id] }) => id.endsWith(end)).length
    assert.deepEqual([resolved('./inner.js'), resolved('parted/lib/inner')], [1, 2])
  })

  it('waits for a module in a circle until it is whole', () => {
    const start = load('circle/lib/start') as { late: number; marked: number; saw: { marked: boolean } }
    assert.deepEqual([start.late, start.saw.marked, start.marked], [2, false, calls])
  })

  it('sees a module anew that was deleted from require.cache', () => {
    load('parted/lib/inner')
    const before = calls
    delete load.cache[load.resolve('parted/lib/inner')]
    assert.equal((load('parted/lib/inner') as { marked: number }).marked, before + 1)
  })

  it('leaves alone what is no object, what it fails on, and what cannot be loaded', () => {
    assert.equal(load('value'), 5)
    assert.equal((load('throws') as { name: string }).name, 'throws')
    assert.throws(() => load('./nowhere/inner'), { code: 'MODULE_NOT_FOUND' })
    assert.throws(() => load(''), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.equal(load('node:path'), path)
    assert.equal(process.getBuiltinModule, getBuiltinModule)
  })
})
