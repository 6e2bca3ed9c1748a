// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type CommandResult, mustRun, ROOT, runCommand } from './run-command.ts'

/** Installs packages into a project as its user would, with nothing forced. */
export interface PackageManager {
  readonly name: string
  /** Makes an empty project of this manager's. */
  prepare(folder: string): void
  /** Adds packages: `name@version`, or the path of a tarball. */
  add(folder: string, specs: readonly string[]): CommandResult
}

const TOOLS = path.join(ROOT, '.cache/real/package-managers')
const INSTALL_TIMEOUT_MS = 300_000

/** The managers look for `node` in PATH, and the system's may be older than what the packages ask for. */
export const ENVIRONMENT = {
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
  CI: undefined,
  NODE_OPTIONS: undefined,
}

/** Fetches a manager from the registry into the cache; returns the path of its program. */
function fetchTool(name: string, version: string, program: string): string {
  const folder = path.join(TOOLS, `${name.replaceAll('/', '-')}-${version}`)
  const file = path.join(folder, 'node_modules', name, program)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n')
  const args = ['install', '--no-save', '--ignore-scripts', `${name}@${version}`]
  mustRun('npm', args, { cwd: folder, env: ENVIRONMENT, timeoutMs: INSTALL_TIMEOUT_MS })
  return file
}

function writeManifest(folder: string): void {
  writeFileSync(path.join(folder, 'package.json'), '{"name":"app","version":"1.0.0","private":true}\n')
}

function run(folder: string, program: string, args: readonly string[]): CommandResult {
  return runCommand(program, args, { cwd: folder, env: ENVIRONMENT, timeoutMs: INSTALL_TIMEOUT_MS })
}

export const NPM: PackageManager = {
  name: 'npm',
  prepare: writeManifest,
  add: (folder, specs) => run(folder, 'npm', ['install', ...specs]),
}

export const PNPM: PackageManager = {
  name: 'pnpm',
  prepare(folder) {
    writeManifest(folder)
    // pnpm ends with an error until somebody has decided on each install script; these do nothing that is needed.
    writeFileSync(
      path.join(folder, 'pnpm-workspace.yaml'),
      'allowBuilds:\n  protobufjs: false\n  "@sentry/cli": false\n',
    )
  },
  add: (folder, specs) =>
    run(folder, process.execPath, [fetchTool('pnpm', '12.21.0', 'bin/pnpm.mjs'), 'add', ...specs]),
}

export const YARN_CLASSIC: PackageManager = {
  name: 'yarn classic',
  prepare: writeManifest,
  add: (folder, specs) => run(folder, process.execPath, [fetchTool('yarn', '1.22.22', 'bin/yarn.js'), 'add', ...specs]),
}

export const YARN: PackageManager = {
  name: 'yarn',
  prepare(folder) {
    writeManifest(folder)
    writeFileSync(path.join(folder, 'yarn.lock'), '')
    writeFileSync(path.join(folder, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableTelemetry: false\n')
  },
  add: (folder, specs) =>
    run(folder, process.execPath, [
      fetchTool('@yarnpkg/cli-dist', '4.18.1', 'bin/yarn.js'),
      'add',
      ...specs.map((spec) => (spec.endsWith('.tgz') ? `@org/correlation@file:${spec}` : spec)),
    ]),
}
