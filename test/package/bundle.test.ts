// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { describe, it } from 'node:test'
import vm from 'node:vm'
import { mustRun, ROOT } from '../support/run-command.ts'

const DIST = path.join(ROOT, 'dist')
const FILES = readdirSync(DIST).filter((file) => /\.[cm]js$/.test(file))
const textOf = (file: string) => readFileSync(path.join(DIST, file), 'utf8')
const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** Every package a file asks for by a literal: import, require, or a function that createRequire made. */
const SPECIFIER =
  /(?:\bfrom |\bimport |\bimport\(|\b(?:__)?require\w*\(|\bcreateRequire\)?\([^()]*\)\)?\()\s*(["'])([^"'\n]+)\1/g

/** The packages asked for outside comments, without built-in modules and our own files. */
function externalsOf(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return [...code.matchAll(SPECIFIER)]
    .map(([, , specifier = '']) => specifier)
    .filter((specifier) => !isBuiltin(specifier) && !specifier.startsWith('.'))
}

/** The names of the source files that are inside, by the source map. */
function sourcesOf(file: string): readonly string[] {
  const { sources } = JSON.parse(textOf(`${file}.map`)) as { readonly sources: readonly string[] }
  return sources.map((source) => source.replace(/^\.\.\//, ''))
}

/** The packages in require.cache after an ordinary start with these variables. */
function loadedPackages(env: Readonly<Record<string, string>>): ReadonlySet<string> {
  const code = `
    const names = Object.keys(require.cache).map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? '')
    console.log(JSON.stringify(names))
    process.exit()`
  const args = ['--require', path.join(ROOT, 'register.cjs'), '-e', code]
  const { stdout } = mustRun(process.env['CORRELATION_TEST_NODE'] ?? process.execPath, args, { env })
  return new Set(JSON.parse(stdout) as readonly string[])
}

describe('the bundle', () => {
  it('asks for exactly the dependencies', () => {
    const asked = new Set(FILES.flatMap((file) => externalsOf(textOf(file))))
    assert.deepEqual([...asked].sort(), [...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort())
  })

  it('and that look finds the ways to ask', () => {
    const text = `import a from "a-a"; import "b"; const c = require("c"); __require("d"); await import("e")
      (0, m.createRequire)(import.meta.url)("f"); createRequire(url)('@g/g'); require2("h"); require("node:fs"); require("./i")
      // require("comment")
      /* import "comment" */`
    assert.deepEqual(externalsOf(text).toSorted(), ['@g/g', 'a-a', 'b', 'c', 'd', 'e', 'f', 'h'])
  })

  it('has no second copy of a dependency, but for the API in the preload', () => {
    const sources = FILES.flatMap((file) => sourcesOf(file).map((source) => ({ file, source })))
    assert.ok(sources.some(({ source }) => source === 'src/preload.ts'))
    assert.ok(sources.some(({ source }) => source.startsWith('node_modules/@opentelemetry/core/')))
    for (const name of Object.keys(dependencies)) {
      const files = sources.filter(({ source }) => source.includes(`node_modules/${name}/`)).map(({ file }) => file)
      assert.deepEqual([...new Set(files)], name === '@opentelemetry/api' ? ['preload.cjs'] : [], name)
    }
  })

  it('has one copy of each package', () => {
    const nested = FILES.flatMap(sourcesOf).filter((file) => file.split('node_modules/').length > 2)
    assert.deepEqual(nested, [])
  })

  it('has each module once in what the preload consists of: two would be two states', () => {
    const parts = FILES.filter((file) => !/^(?:cli|exit-child|index|winston)\./.test(file))
    assert.ok(parts.includes('preload.cjs') && parts.includes('otlp.cjs'))
    const sources = parts.flatMap(sourcesOf)
    assert.deepEqual(
      sources.filter((source, i) => sources.indexOf(source) !== i),
      [],
    )
  })

  it('leaves for later what a start does not need', () => {
    const core = sourcesOf('preload.cjs')
    for (const name of ['sdk-metrics', 'sdk-logs', 'otlp-transformer']) {
      const isPart = (source: string) => source.startsWith(`node_modules/@opentelemetry/${name}/`)
      assert.equal(core.some(isPart), false, name)
      assert.ok(FILES.flatMap(sourcesOf).some(isPart), name)
    }
  })

  it('keeps names as they are written, for stack traces', () => {
    const text = textOf('preload.cjs')
    for (const name of ['function startCorrelation(', 'CorrelationPropagator = class', 'function wrapFinalHandler(']) {
      assert.ok(text.includes(name), name)
    }
  })

  it('is compiled by Node as CommonJS, which has no top-level await', () => {
    const compile = (text: string) =>
      vm.compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname'])
    for (const file of FILES.filter((name) => name.endsWith('.cjs'))) {
      compile(textOf(file).replace(/^#!.*/, ''))
    }
    assert.throws(() => compile('await 1'), SyntaxError)
  })

  it('loads no sdk-node in an ordinary start, and does where something asks for it', () => {
    assert.equal(loadedPackages({ OTEL_TRACES_EXPORTER: 'otlp' }).has('@opentelemetry/sdk-node'), false)
    assert.equal(loadedPackages({ OTEL_TRACES_EXPORTER: 'zipkin' }).has('@opentelemetry/sdk-node'), true)
  })

  it('does not change the environment', () => {
    const code = 'process.stdout.write(JSON.stringify(process.env), () => process.exit())'
    const environment = (args: readonly string[]) => mustRun(process.execPath, [...args, '-e', code]).stdout
    assert.equal(environment(['--require', path.join(ROOT, 'register.cjs')]), environment([]))
    assert.notEqual(environment(['--import', 'data:text/javascript,process.env.A_MARK = "1"']), environment([]))
  })
})

describe('each source map', () => {
  for (const file of FILES) {
    it(`of ${file} names its sources, relative to dist`, () => {
      const map = JSON.parse(textOf(`${file}.map`)) as { readonly sources: readonly string[] }
      assert.ok(map.sources.some((source) => /^\.\.\/(?:src|node_modules)\//.test(source)))
      assert.deepEqual(
        map.sources.filter((source) => !source.startsWith('../')),
        [],
      )
      assert.ok(textOf(file).trimEnd().endsWith(`//# sourceMappingURL=${file}.map`))
    })
  }
})
