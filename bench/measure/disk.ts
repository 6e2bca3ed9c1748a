// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { installFolder } from '../folders.ts'
import type { Variant } from '../variants.ts'

/** What a fresh installation leaves, with express and winston in it. */
export interface Installed {
  readonly variant: string
  readonly mib: number
  readonly packages: number
  /** OpenTelemetry packages of which there is more than one copy, with the number of copies. */
  readonly duplicates: readonly { readonly name: string; readonly copies: number }[]
  /** The versions of the packages that the variant is. */
  readonly versions: Readonly<Record<string, string>>
}

/** Measures the installations; variants that share one count once, by the first of them. */
export function measureDisk(variants: readonly Variant[]): readonly Installed[] {
  const first = variants.filter(({ install }, index) => variants.findIndex((v) => v.install === install) === index)
  return first.map(({ name, install, packages }) => {
    const modules = path.join(installFolder(install), 'node_modules')
    const found = packagesIn(modules)
    const copies = Map.groupBy(found, (found) => found.name)
    const duplicates = [...copies]
      .filter(([name, list]) => name.startsWith('@opentelemetry/') && list.length > 1)
      .map(([name, list]) => ({ name, copies: list.length }))
      .toSorted((a, b) => b.copies - a.copies || a.name.localeCompare(b.name))
    const versions = Object.fromEntries(
      packages.map((name) => [name, found.find((one) => one.folder === path.join(modules, name))?.version ?? '?']),
    )
    return { variant: name, mib: bytesOnDisk(modules) / 2 ** 20, packages: found.length, duplicates, versions }
  })
}

interface Found {
  readonly folder: string
  readonly name: string
  readonly version: string
}

/** All packages below a `node_modules`, nested ones included. */
function packagesIn(modules: string): readonly Found[] {
  return foldersIn(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? foldersIn(path.join(modules, name)).map((inner) => path.join(name, inner)) : [name],
    )
    .flatMap((name) => {
      const folder = path.join(modules, name)
      const { name: called = name, version = '?' } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
      return [{ folder, name: called, version }, ...packagesIn(path.join(folder, 'node_modules'))]
    })
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return []
  }
}

/** What `du` says: the blocks that are taken, not the lengths of the files. */
function bytesOnDisk(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) => sum + lstatSync(path.join(entry.parentPath, entry.name)).blocks * 512,
    0,
  )
}
