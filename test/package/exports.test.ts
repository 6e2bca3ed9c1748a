// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { installPacked } from '../support/packed.ts'
import { mustRun, ROOT, runCommand } from '../support/run-command.ts'

const PUBLIC_NAMES: Readonly<Record<string, readonly string[]>> = {
  '@org/correlation': [
    'CorrelationLogRecordProcessor',
    'CorrelationPropagator',
    'CorrelationSpanProcessor',
    'bindCorrelationId',
    'correlationErrorHandler',
    'getCorrelationId',
    'injectCorrelation',
    'start',
    'withCorrelationId',
    'withExtractedCorrelation',
  ],
  '@org/correlation/winston': ['correlationFormat'],
}

/** A user's TypeScript, with every public name in the use it is for. */
const CONSUMER = `
import { createServer } from 'node:http'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TextMapPropagator } from '@opentelemetry/api'
import {
  bindCorrelationId, CorrelationLogRecordProcessor, CorrelationPropagator, CorrelationSpanProcessor,
  correlationErrorHandler, getCorrelationId, injectCorrelation, start, withCorrelationId, withExtractedCorrelation,
} from '@org/correlation'
import { correlationFormat } from '@org/correlation/winston'
import '@org/correlation/register'
import winston from 'winston'

start({ env: { CORRELATION_PROPAGATE_TO: 'internal' } })
export const id: string | undefined = getCorrelationId()
export const length: number = withCorrelationId('a', () => 'text').length
export const bound: (a: number) => string = bindCorrelationId((a: number) => String(a))
export const carrier: Record<string, unknown> = {}
injectCorrelation(carrier)
export const result: boolean = withExtractedCorrelation(carrier, () => true)
export const spanProcessor: SpanProcessor = new CorrelationSpanProcessor('tenant.id')
export const logProcessor: LogRecordProcessor = new CorrelationLogRecordProcessor()
export const propagator: typeof CorrelationPropagator extends new (...args: never[]) => TextMapPropagator ? true : never = true
export const handler = correlationErrorHandler({ detail: false })
createServer((request, response) => handler(new Error('no'), request, response, () => {}))
export const logger = winston.createLogger({ format: winston.format.combine(correlationFormat({ field: 'id' }), winston.format.json()) })
`

/** Must not compile: the types are there, and narrower than any. tsc reports an expected error that does not come. */
const MISTAKES = [
  'export const wrongResult: number = getCorrelationId()',
  'start({ environment: {} })',
  "correlationFormat('id')",
  "bindCorrelationId('text')",
  "import { deepSecret } from '@org/correlation'",
  "import '@org/correlation/dist/preload.cjs'",
].map((mistake) => `// @ts-expect-error\n${mistake}\n`)

const COMPILERS = [
  { name: 'nodenext, ESM', extension: 'mts', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
  { name: 'nodenext, CommonJS', extension: 'cts', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
  { name: 'a bundler', extension: 'ts', options: { module: 'esnext', moduleResolution: 'bundler' } },
]

const project = installPacked('exports', [
  'winston',
  '@types/node',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-logs',
])
after(() => project[Symbol.dispose]())

function namesOf(specifier: string, how: 'import' | 'require'): readonly string[] {
  const load = how === 'import' ? `await import('${specifier}')` : `require('${specifier}')`
  const code = `console.log(JSON.stringify(Object.keys(${load})))`
  const type = how === 'import' ? 'module' : 'commonjs'
  const { stdout } = mustRun(process.execPath, [`--input-type=${type}`, '-e', code], { cwd: project.folder })
  return JSON.parse(stdout) as readonly string[]
}

describe('the entry points', () => {
  for (const [specifier, names] of Object.entries(PUBLIC_NAMES)) {
    for (const how of ['import', 'require'] as const) {
      it(`${how} '${specifier}' gives exactly the public names`, () => {
        assert.deepEqual(namesOf(specifier, how).toSorted(), names.toSorted())
      })
    }
  }

  it('nothing else can be reached', () => {
    for (const specifier of ['@org/correlation/dist/preload.cjs', '@org/correlation/src/index.ts']) {
      const code = `require('${specifier}')`
      const { code: exitCode, stderr } = runCommand(process.execPath, ['-e', code], { cwd: project.folder })
      assert.equal(exitCode, 1)
      assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
    }
  })

  for (const specifier of Object.keys(PUBLIC_NAMES)) {
    it(`import '${specifier}' has no side effect and loads no SDK`, () => {
      const seen = sideEffectsOf(`require('${specifier}')`)
      assert.deepEqual(seen.symbols, [])
      assert.deepEqual(seen.listeners, [])
      assert.deepEqual(seen.patched, [])
      assert.deepEqual(seen.packages, ['@opentelemetry/api', '@org/correlation'])
    })
  }

  it('and that look finds what the preload does', () => {
    const seen = sideEffectsOf(`require('@org/correlation/register')`)
    assert.ok(seen.symbols.includes('Symbol(@org/correlation)'))
    assert.ok(seen.listeners.length > 0)
    assert.ok(seen.patched.includes('writeHead'))
    assert.ok(seen.packages.includes('@org/correlation'))
  })
})

interface SideEffects {
  readonly symbols: readonly string[]
  readonly listeners: readonly (string | symbol)[]
  readonly patched: readonly string[]
  readonly packages: readonly string[]
}

/** What a statement leaves behind in a process: on globalThis, as listeners, in place of node:http's functions, as packages. */
function sideEffectsOf(statement: string): SideEffects {
  const probe = `
    const http = require('node:http')
    const before = { emit: http.Server.prototype.emit, writeHead: http.ServerResponse.prototype.writeHead, request: http.request, fetch }
    const names = new Set(process.eventNames())
    ${statement}
    const now = { emit: http.Server.prototype.emit, writeHead: http.ServerResponse.prototype.writeHead, request: http.request, fetch }
    console.log(JSON.stringify({
      symbols: Object.getOwnPropertySymbols(globalThis).filter((key) => key.description.includes('correlation')).map(String),
      listeners: process.eventNames().filter((name) => !names.has(name)),
      patched: Object.keys(now).filter((name) => now[name] !== before[name]),
      packages: [...new Set(Object.keys(require.cache).map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]))].sort(),
    }))`
  return JSON.parse(mustRun(process.execPath, ['-e', probe], { cwd: project.folder }).stdout) as SideEffects
}

function compile(source: string, { extension, options }: (typeof COMPILERS)[number]) {
  const file = `consumer.${extension}`
  writeFileSync(path.join(project.folder, file), source)
  const compilerOptions = { ...options, target: 'es2024', strict: true, noEmit: true, types: ['node'] }
  writeFileSync(path.join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc')
  return runCommand(process.execPath, [tsc, '-p', project.folder], { cwd: project.folder })
}

describe('the declarations', () => {
  for (const compiler of COMPILERS) {
    // skipLibCheck is off: a declaration of ours that leads to a package the user does not have is a failure here.
    it(`compile for a user of ${compiler.name}, and refuse mistakes`, () => {
      const { code, stdout } = compile(CONSUMER + MISTAKES.join(''), compiler)
      assert.equal(code, 0, stdout)
    })
  }
})
