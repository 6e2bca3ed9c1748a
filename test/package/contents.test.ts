// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { mustRun, ROOT } from '../support/run-command.ts'

interface PackedFile {
  readonly path: string
  readonly mode: number
}

const [packed] = JSON.parse(
  mustRun('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { env: { npm_config_loglevel: 'silent' } })
    .stdout,
) as readonly { readonly files: readonly PackedFile[] }[]
const files = packed?.files ?? []
const paths = files.map((file) => file.path)

const BUNDLES = ['cli.cjs', 'exit-child.cjs', 'index.cjs', 'index.mjs', 'preload.cjs', 'winston.cjs', 'winston.mjs']
/** What the preload loads later. */
const LAZY = [
  ...['bsd', 'darwin', 'linux', 'unsupported', 'win'].map((system) => `getMachineId-${system}.cjs`),
  ...['logs.cjs', 'metrics.cjs', 'otlp.cjs', 'run.cjs', 'shared.cjs', 'shared-2.cjs'],
]

describe('the packed package', () => {
  it('has what it promises, and nothing that only we need', () => {
    const declarations = paths.filter((file) => /^dist\/(?:esm|cjs)\/src\/.*\.d\.ts$/.test(file))
    assert.ok(declarations.includes('dist/esm/src/index.d.ts') && declarations.includes('dist/cjs/src/winston.d.ts'))
    assert.deepEqual(
      paths.filter((file) => !declarations.includes(file)).toSorted(),
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'package.json',
        'register.cjs',
        'register.d.cts',
        'dist/THIRD-PARTY-NOTICES.md',
        'dist/sbom.cdx.json',
        'dist/esm/package.json',
        'dist/cjs/package.json',
        ...[...BUNDLES, ...LAZY].flatMap((file) => [`dist/${file}`, `dist/${file}.map`]),
      ].toSorted(),
    )
  })

  it('declares the same types in both formats', () => {
    const of = (format: string) =>
      paths.filter((file) => file.startsWith(`dist/${format}/src/`)).map((file) => file.slice(`dist/${format}/`.length))
    assert.ok(of('esm').length > 2)
    assert.deepEqual(of('esm'), of('cjs'))
  })

  it('has an executable bin', () => {
    const mode = files.find((file) => file.path === 'dist/cli.cjs')?.mode ?? 0
    assert.equal(mode & 0o111, 0o111)
    assert.ok(readFileSync(path.join(ROOT, 'dist/cli.cjs'), 'utf8').startsWith('#!/usr/bin/env node\n'))
  })

  it('says nothing of the machine that made it', () => {
    for (const file of paths.filter((name) => name.startsWith('dist/'))) {
      const text = readFileSync(path.join(ROOT, file), 'utf8')
      assert.equal(text.includes(ROOT), false, file)
    }
  })

  it('is installed from exact versions of OpenTelemetry, except for the API', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    const { '@opentelemetry/api': api, ...others } = dependencies
    assert.equal(api, '^1.10.0')
    for (const [name, version] of Object.entries(others)) assert.match(version, /^\d+\.\d+\.\d+$/, name)
  })

  it('has decided on every install script, so that no npm asks', () => {
    const { allowScripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly allowScripts: Readonly<Record<string, boolean>>
    }
    const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
    }
    const asking = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)
    const names = asking.map(([folder]) => folder.replace(/^.*node_modules\//, ''))
    assert.deepEqual([...new Set(names)].sort(), Object.keys(allowScripts).sort())
    assert.equal(allowScripts['node'], true)
  })

  it('has a lockfile that names no registry', () => {
    assert.doesNotMatch(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'), /"resolved": "http/)
  })
})
