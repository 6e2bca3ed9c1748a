// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Metafile } from 'esbuild'
import type { Manifest } from './manifest.ts'

/** A package of others that is part of a file we ship. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  /** The texts of its license and notice files. */
  readonly texts: readonly string[]
  /** Of the published tarball, as the lockfile has it: `sha512-…` in base64. */
  readonly integrity: string | undefined
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>
}

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/

/** Finds the packages whose code is in the bundles, by name. A package without a license text is an error. */
export function findBundledPackages(root: string, bundles: readonly Metafile[]): readonly BundledPackage[] {
  const lockfile = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lockfile
  return foldersOf(bundles)
    .map((folder) => readPackage(root, folder, lockfile))
    .sort((a, b) => (a.name === b.name ? compare(a.version, b.version) : compare(a.name, b.name)))
}

function foldersOf(bundles: readonly Metafile[]): readonly string[] {
  const folders = new Set<string>()
  for (const output of bundles.flatMap((bundle) => Object.values(bundle.outputs))) {
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = PACKAGE_FOLDER.exec(file)?.[0]
      // What tree-shaking left out is not shipped.
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder)
    }
  }
  return [...folders]
}

function readPackage(root: string, folder: string, lockfile: Lockfile): BundledPackage {
  const absolute = path.join(root, folder)
  const manifest = JSON.parse(readFileSync(path.join(absolute, 'package.json'), 'utf8')) as Manifest
  const { name, version, license } = manifest
  const texts = readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isLicense(path.relative(absolute, path.join(entry.parentPath, entry.name))))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort(compare)
    .map((file) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim())
  if (texts.length === 0) throw new Error(`${name} is bundled and has no license text that could be shipped with it.`)
  return { name, version, license, texts, integrity: lockfile.packages[folder]?.integrity }
}

/** `LICENSE`, `LICENSE.md`, `NOTICE`, and the folder `LICENSES` of https://reuse.software/spec/. */
function isLicense(file: string): boolean {
  return /^(?:LICEN[CS]E|NOTICE|COPYING)(?:\.(?:md|txt))?$|^LICENSES[/\\]/i.test(file)
}

/** By code unit, since `localeCompare` depends on the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
