// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { describe, it } from 'node:test'
import { ROOT } from '../support/run-command.ts'
import { type Import, importsOf, listFiles } from '../support/source-files.ts'

/** What each part may import of the others: downwards only. The order of the rows is the order of the layers. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'src/preload.ts': ['src/start.ts', 'src/version.ts', 'src/cli/lazy-files.ts'],
  'src/start.ts': [
    'src/sdk',
    'instrumentations',
    'src/api',
    'src/telemetry',
    'src/propagation',
    'src/config',
    'src/correlation',
  ],
  'src/index.ts': ['src/api', 'src/telemetry', 'src/propagation', 'src/correlation'],
  'src/winston.ts': ['src/telemetry', 'src/correlation'],
  'src/cli': ['src/config', 'src/version.ts', 'src/api', 'src/propagation', 'src/correlation'],
  // The hook that sees modules load is the SDK's as well; it imports nothing of ours.
  instrumentations: [
    'src/sdk/module-hooks.ts',
    'src/sdk/import-hooks.ts',
    'src/telemetry',
    'src/propagation',
    'src/correlation',
  ],
  'src/sdk': ['src/telemetry', 'src/propagation', 'src/correlation', 'src/version.ts'],
  'src/api': ['src/propagation', 'src/correlation'],
  'src/config': ['src/correlation'],
  'src/telemetry': ['src/correlation'],
  'src/propagation': ['src/correlation'],
  'src/correlation': [],
  'src/runtime.ts': [],
  'src/version.ts': [],
}

/** Types alone may come from these as well: they are gone before the program runs. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'src/start.ts': ['src/runtime.ts'],
  'src/sdk': ['src/runtime.ts', 'src/config'],
  instrumentations: ['src/runtime.ts', 'src/config'],
  'src/runtime.ts': ['src/config', 'src/telemetry', 'src/propagation', 'src/correlation'],
  'src/api': ['src/preload.ts'],
  'src/cli': ['src/preload.ts'],
}

/** The packages that a part may load; the others only the API. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'src/sdk': /^@opentelemetry\//,
  instrumentations: /^@opentelemetry\/|^negotiator$|^content-type$|^forwarded-parse$/,
  'src/propagation': /^@opentelemetry\/(?:api|core)$/,
  'src/telemetry': /^@opentelemetry\/(?:api|core|sdk-trace)$/,
  'src/winston.ts': /^@opentelemetry\/api$|^winston$/,
  'src/api': /^@opentelemetry\/api$|^negotiator$|^content-type$/,
}

const layerOf = (file: string) =>
  Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`)) ?? 'none'
const isIn = (file: string, parts: readonly string[] = []) =>
  parts.some((part) => file === part || file.startsWith(`${part}/`))

/** What an ID is needs no module but the one that makes random bytes, and the words for a status. */
const isLight = (file: string, target: string) =>
  target === 'node:crypto' || (file === 'src/correlation/problem.ts' && target === 'node:http')

/** The sentences about the imports of one file that the rules forbid. */
function violationsOf(file: string, imports: readonly Import[]): readonly string[] {
  const layer = layerOf(file)
  if (layer === 'none') return [`${file} is in no layer`]
  return imports
    .filter((imported) => !isAllowed(file, layer, imported))
    .map(({ target }) => `${file} imports ${target}`)
}

function isAllowed(file: string, layer: string, { target, isType }: Import): boolean {
  if (isBuiltin(target)) return layer !== 'src/correlation' || isType || isLight(file, target)
  const isOurs = target.startsWith('src/') || target.startsWith('instrumentations/')
  if (!isOurs) return (PACKAGES[layer] ?? /^@opentelemetry\/api$/).test(target)
  return layerOf(target) === layer || isIn(target, LAYERS[layer]) || (isType && isIn(target, TYPES[layer]))
}

const sources = listFiles('src', 'instrumentations').filter(
  (file) => file.endsWith('.ts') && existsSync(path.join(ROOT, file)),
)
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const linesOf = (text: string) => text.trimEnd().split('\n').length

describe('the layers', () => {
  it('import downwards only', () => {
    assert.ok(sources.length > 50)
    assert.deepEqual(
      sources.flatMap((file) => violationsOf(file, importsOf(file, textOf(file)))),
      [],
    )
  })

  const FORBIDDEN: readonly (readonly [string, string])[] = [
    ['src/correlation/decide.ts', "import { loadConfig } from '../config/config.ts'"],
    ['src/correlation/id.ts', "import { request } from 'node:http'"],
    ['src/correlation/id.ts', "import { hashToUnit } from '@opentelemetry/core'"],
    ['src/propagation/propagator.ts', "export { startCorrelation } from '../start.ts'"],
    ['src/sdk/lean.ts', "import { loadConfig } from '../config/config.ts'"],
    ['src/sdk/lean.ts', "import { instrumentWinston } from '../../instrumentations/winston.ts'"],
    ['src/sdk/lean.ts', "const winston = require('winston')"],
    ['instrumentations/http-server.ts', "import {\n  a,\n  b,\n} from '../src/sdk/shutdown.ts'"],
    ['instrumentations/winston.ts', "const winston = await import('winston')"],
    ['instrumentations/winston.ts', "import express from 'express'"],
    ['src/api/start.ts', "import { preload } from '../preload.ts'"],
    ['src/helpers/text.ts', ''],
  ]
  for (const [file, text] of FORBIDDEN) {
    it(`refuse ${JSON.stringify(text)} in ${file}`, () => {
      assert.equal(violationsOf(file, importsOf(file, text)).length, 1)
    })
  }

  it('have the configuration read by start alone', () => {
    const readers = sources.filter((file) =>
      importsOf(file, textOf(file)).some((imported) => imported.target === 'src/config/config.ts' && !imported.isType),
    )
    assert.deepEqual(readers, ['src/start.ts'])
  })
})

describe('the environment', () => {
  const files = [...sources, 'register.cjs']
  const uses = files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && /process\.env|process\[|\benv\b.*node:process/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )

  it('is read in three files, and written in none', () => {
    assert.deepEqual(uses.toSorted(), [
      "register.cjs: require('./dist/preload.cjs').preload(process.env)",
      'src/api/start.ts: preload({ ...process.env, ...options.env })',
      'src/cli/main.ts: void run(asked, process.env, packageFolder).then(endLike)',
    ])
  })

  it('is handed on as what can only be read', () => {
    for (const file of sources) {
      assert.doesNotMatch(textOf(file), /\benv(?:\.\w+|\[[^\]]+\])\s*(?:=[^=>]|\?\?=|\|\|=)|delete env\b/, file)
    }
  })
})

describe('each file', () => {
  const ours = listFiles('*.ts', '*.js', '*.mjs', '*.cjs', '*.cts').filter((file) => existsSync(path.join(ROOT, file)))

  it('names its license in the first line, or the second below a shebang', () => {
    const without = ours.filter((file) => {
      const [first = '', second = ''] = textOf(file).split('\n')
      return (first.startsWith('#!') ? second : first) !== '// SPDX-License-Identifier: Apache-2.0'
    })
    assert.deepEqual(without, [])
  })

  it('is short: 200 lines of code, 250 of tests', () => {
    const isTest = (file: string) => file.startsWith('test/')
    const long = ours.filter((file) => linesOf(textOf(file)) > (isTest(file) ? 250 : 200))
    assert.deepEqual(long, [])
  })

  it('is named for what it holds', () => {
    const vague = ours.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|shared)(?:\.|\/)/.test(file))
    assert.deepEqual(vague, [])
  })
})
