// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { hasHarmlessHooks, onImport } from '../../../src/sdk/import-hooks.ts'

const ESM = '{"type": "module"}'
const QUEUE = `export default class Queue { where() { return new Error().stack } }
const hidden = 'inside'
export const seen = hidden`
const MAP = JSON.stringify({ version: 3, sources: ['queue.ts'], names: [], mappings: 'AAAA' })

const FILES = {
  'node_modules/queue/package.json': ESM,
  'node_modules/queue/dist/index.js': QUEUE,
  'node_modules/other/node_modules/queue/package.json': ESM,
  'node_modules/other/node_modules/queue/dist/index.js': QUEUE,
  'node_modules/required/package.json': ESM,
  'node_modules/required/index.js': QUEUE,
  'node_modules/mapped/package.json': ESM,
  'node_modules/mapped/index.js': `${QUEUE}\n//# sourceMappingURL=index.js.map`,
  'node_modules/mapped/index.js.map': MAP,
  'node_modules/common/index.js': 'class Queue {}\nmodule.exports = { Queue, text: require("./inner") }',
  'node_modules/common/inner.js': 'module.exports = "inner"',
  'node_modules/throws/package.json': ESM,
  'node_modules/throws/index.js': `${QUEUE}\nthrow new Error('thrown by the module')`,
  'node_modules/badly/package.json': ESM,
  'node_modules/badly/index.js': QUEUE,
  'node_modules/late/package.json': ESM,
  'node_modules/late/index.js': QUEUE,
  'dist/index.mjs': QUEUE,
}

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'correlation-')))
after(() => rmSync(folder, { recursive: true, force: true }))
for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true })
  writeFileSync(path.join(folder, file), text)
}

type Exports = Readonly<Record<string, unknown>> & { readonly default: new () => { where(): string } }
const load = (file: string) => import(pathToFileURL(path.join(folder, file)).href) as Promise<Exports>

/** What was handed over, by the name of the package. */
const handed: [name: string, bindings: Readonly<Record<string, unknown>>][] = []
const handedBy = (name: string) => handed.filter(([each]) => each === name).map(([, bindings]) => bindings)
const takenBy = (name: string, names: readonly string[] = ['Queue']) => ({
  names,
  patch: (bindings: Readonly<Record<string, unknown>>) => void handed.push([name, bindings]),
})

before(() => {
  onImport(
    {
      'queue/dist/index.js': takenBy('queue', ['Queue', 'hidden', 'gone']),
      'required/index.js': takenBy('required'),
      'mapped/index.js': takenBy('mapped'),
      'common/index.js': takenBy('common'),
      'throws/index.js': takenBy('throws'),
      'badly/index.js': {
        names: ['Queue'],
        patch: () => {
          throw new Error('a mistake of ours')
        },
      },
    },
    [folder],
  )
})

describe('onImport()', () => {
  it('hands over what was asked for, as the module calls it, and undefined for what is not there', async () => {
    const exports = await load('node_modules/queue/dist/index.js')
    assert.deepEqual(handedBy('queue'), [{ Queue: exports.default, hidden: 'inside', gone: undefined }])
    assert.deepEqual(Object.keys(exports).toSorted(), ['default', 'seen'])
    await load('node_modules/queue/dist/index.js')
    assert.equal(handedBy('queue').length, 1)
  })

  it('sees a second copy of the package', async () => {
    const before = handedBy('queue').length
    const exports = await load('node_modules/other/node_modules/queue/dist/index.js')
    assert.equal(handedBy('queue').length, before + 1)
    assert.equal(handedBy('queue').at(-1)?.['Queue'], exports.default)
  })

  it('sees an ES module that is required', () => {
    const exports = createRequire(path.join(folder, 'app.js'))('required/index.js') as Exports
    assert.deepEqual(handedBy('required'), [{ Queue: exports.default }])
  })

  it('leaves lines and source map where they are', async () => {
    process.setSourceMapsEnabled(true)
    try {
      const exports = await load('node_modules/mapped/index.js')
      assert.equal(handedBy('mapped').length, 1)
      assert.match(new exports.default().where(), /queue\.ts:1:/)
    } finally {
      process.setSourceMapsEnabled(false)
    }
  })

  it('leaves CommonJS alone, imported and required', async () => {
    const exports = await load('node_modules/common/index.js')
    assert.equal(exports['text'], 'inner')
    assert.equal(createRequire(path.join(folder, 'app.js'))('common'), exports.default)
    assert.deepEqual(handedBy('common'), [])
  })

  it('hands over nothing of a module that throws, whose error stays', async () => {
    await assert.rejects(load('node_modules/throws/index.js'), { message: 'thrown by the module' })
    assert.deepEqual(handedBy('throws'), [])
  })

  it('keeps its own mistakes from the module', async () => {
    const exports = await load('node_modules/badly/index.js')
    assert.equal(exports['seen'], 'inside')
  })

  it('sees files of packages only', async () => {
    const before = handed.length
    assert.equal((await load('dist/index.mjs'))['seen'], 'inside')
    assert.equal(handed.length, before)
  })

  for (const [version, isHarmless] of [
    ['22.15.0', false],
    ['22.23.3', false],
    ['24.11.1', false],
    ['24.12.0', true],
    ['24.21.0', true],
    ['25.1.0', false],
    ['25.2.0', true],
    ['26.0.0', true],
  ] as const) {
    it(`takes the hooks of Node ${version} for ${isHarmless ? 'harmless' : 'harmful'}`, () => {
      assert.equal(hasHarmlessHooks(version), isHarmless)
    })
  }

  it('registers no hook where none of its packages is installed', () => {
    const internals = Module as unknown as { registerHooks: unknown }
    const { registerHooks } = internals
    let hooks = 0
    internals.registerHooks = () => {
      hooks += 1
    }
    try {
      onImport({ 'nowhere/index.js': takenBy('nowhere'), '@scope/nowhere/index.js': takenBy('nowhere') }, [folder])
      assert.equal(hooks, 0)
      onImport({ 'nowhere/index.js': takenBy('nowhere'), 'late/index.js': takenBy('late') }, [
        path.join(folder, 'dist'),
      ])
      assert.equal(hooks, 1)
    } finally {
      internals.registerHooks = registerHooks
    }
  })

  it('does nothing where Node has no synchronous hooks', async () => {
    const internals = Module as unknown as { registerHooks: unknown }
    const { registerHooks } = internals
    internals.registerHooks = undefined
    try {
      onImport({ 'late/index.js': takenBy('late') }, [folder])
    } finally {
      internals.registerHooks = registerHooks
    }
    assert.equal((await load('node_modules/late/index.js'))['seen'], 'inside')
    assert.deepEqual(handedBy('late'), [])
  })
})
