// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mustRun, ROOT } from './run-command.ts'

/** A project in a temporary folder. */
export interface Project extends Disposable {
  readonly folder: string
}

/** Packs what the build made, into the folder given; returns the path of the tarball. */
export function pack(folder: string): string {
  // Without scripts: the tests run side by side, and none may build `dist` anew under the others.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = mustRun('npm', args, { env: { npm_config_loglevel: 'silent' } })
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]
  if (packed === undefined) throw new Error(`npm pack said nothing about a tarball: ${stdout}`)
  return path.join(folder, packed.filename)
}

/** Makes an empty folder; disposing removes it. */
export function createProject(name: string): Project {
  const folder = mkdtempSync(path.join(tmpdir(), `correlation-${name}-`))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/**
 * Makes a project that has the packed package as an installation would have it, without a registry: its `dependencies` and
 * the packages named are links to ours, and nothing else can be resolved from there.
 */
export function installPacked(name: string, others: readonly string[] = []): Project {
  const project = createProject(name)
  const modules = path.join(project.folder, 'node_modules')
  mkdirSync(path.join(modules, '@org'), { recursive: true })
  mustRun('tar', ['-xzf', pack(project.folder), '-C', project.folder])
  renameSync(path.join(project.folder, 'package'), path.join(modules, '@org/correlation'))
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  for (const dependency of new Set([...Object.keys(dependencies), ...others])) {
    const link = path.join(modules, dependency)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(ROOT, 'node_modules', dependency), link)
  }
  return project
}
