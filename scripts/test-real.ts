// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { INSTALLS, installOf, NODE_PACKAGE, NODES, nodeOf, OLD_NODE } from '../test/real/packages.ts'
import { providePrograms } from './programs/provide-programs.ts'

/**
 * `npm run test:real [-- <file>…]`: what needs more than a clone. Installs other SDKs and other Node versions into `.cache/real/`, and the
 * programs of the stack where `test/real/programs.ts` says, once; runs `test/real/`, then the core tests once for each Node version.
 * Whatever cannot be installed fails the run.
 */
const root = path.join(import.meta.dirname, '..')
// npm run by an old Node chooses older releases.
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}` }
const CORE = 'test/e2e/{preload,exit,exit-code,active,server,outbound,logs}*.test.ts'

function install(name: string, dependencies: Readonly<Record<string, string>>): void {
  const directory = installOf(name)
  const manifest = JSON.stringify({ private: true, dependencies })
  const marker = path.join(directory, 'installed.json')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === manifest) return
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'package.json'), manifest)
  console.log(`Installing ${Object.keys(dependencies).join(', ')} …`)
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: directory, env, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm could not install ${name}.`)
  writeFileSync(marker, manifest)
}

function runTests(files: readonly string[], extra: Readonly<Record<string, string>> = {}): boolean {
  const args = ['--test', '--test-concurrency=2', ...files]
  return spawnSync(process.execPath, args, { cwd: root, env: { ...env, ...extra }, stdio: 'inherit' }).status === 0
}

for (const [name, dependencies] of Object.entries(INSTALLS)) install(name, dependencies)
for (const version of [...NODES, OLD_NODE]) install(`node-${version}`, { [NODE_PACKAGE]: version })

providePrograms()

const given = process.argv.slice(2)
const failed: string[] = []
console.log(`\nBeside other SDKs, by Node ${process.version}`)
if (!runTests(given.length > 0 ? given : ['test/real/**/*.test.ts'])) failed.push('test/real')

const core = given.length > 0 ? given.filter((file) => !file.startsWith('test/real')) : globSync(CORE, { cwd: root })
for (const version of core.length > 0 ? NODES : []) {
  const node = nodeOf(version)
  const found = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim()
  if (!found) throw new Error(`Node ${version} does not run.`)
  console.log(`\nThe core by Node ${found}: ${core.join(' ')}`)
  if (!runTests(core, { CORRELATION_TEST_NODE: node })) failed.push(`Node ${found}`)
}
console.log(failed.length === 0 ? '\nAll passed.' : `\nFailed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
