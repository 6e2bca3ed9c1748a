// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BENCH, CACHE, installFolder, ROOT } from './folders.ts'
import { mustNpm, npm } from './npm.ts'
import { OURS_PACKAGE, type Variant } from './variants.ts'

type Versions = Readonly<Record<string, string>>

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

/** The exact versions of what is compared. */
export function pinnedVersions(): Versions {
  return (readJson(path.join(BENCH, 'package.json')) as { peerDependencies: Versions }).peerDependencies
}

/** Installs the benchmark's own tools, unless they are there. */
export function installTools(): void {
  const marker = path.join(BENCH, 'node_modules/.installed')
  const lock = readFileSync(path.join(BENCH, 'package-lock.json'), 'utf8')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return
  console.log("Installing the benchmark's tools …")
  mustNpm(BENCH, 'ci')
  writeFileSync(marker, lock)
}

/** Builds and packs our package as it would be published; returns the tarball, whose name changes with its contents. */
export function packOurs(): string {
  const folder = path.join(CACHE, 'packed')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  mustNpm(ROOT, 'run', 'build')
  const [packed] = JSON.parse(mustNpm(ROOT, 'pack', '--json', '--pack-destination', folder)) as readonly {
    readonly filename: string
  }[]
  if (!packed) throw new Error('`npm pack` named no tarball.')
  const file = path.join(folder, packed.filename)
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)
  const named = path.join(folder, `correlation-${digest}.tgz`)
  cpSync(file, named)
  rmSync(file)
  return named
}

/**
 * Installs a variant into a folder of its own, as its user would: peers in one tree would share and duplicate each other's packages. Returns
 * why it cannot be installed, if so. What is there already, with the same versions, stays.
 */
export function installVariant(variant: Variant, tarball: string): string | undefined {
  const folder = installFolder(variant.install)
  const pinned: Versions = { ...pinnedVersions(), [OURS_PACKAGE]: `file:${tarball}` }
  const names = ['express', 'winston', ...variant.packages].toSorted()
  const dependencies = Object.fromEntries(names.map((name) => [name, pinned[name]]))
  const manifest = JSON.stringify({ name: 'app', version: '1.0.0', private: true, dependencies }, null, 2)
  const marker = path.join(folder, 'installed.json')
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== manifest) {
    console.log(`Installing ${variant.install} …`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), manifest)
    const { status, stderr } = npm(folder, 'install')
    if (status !== 0) return firstSentence(stderr)
    writeFileSync(marker, manifest)
  }
  cpSync(path.join(BENCH, 'app'), path.join(folder, 'app'), { recursive: true })
  return undefined
}

/** Installs them all; returns the reasons of those that cannot be, by their names. */
export function installVariants(variants: readonly Variant[], tarball: string): Record<string, string> {
  const missing: Record<string, string> = {}
  for (const variant of variants) {
    const reason = installVariant(variant, tarball)
    if (reason !== undefined) missing[variant.name] = reason
  }
  return missing
}

/** npm's reason, without paths and hints. */
function firstSentence(stderr: string): string {
  const line = stderr.split('\n').find((text) => /^npm error (?!code|errno)/.test(text)) ?? 'npm failed'
  return line.replace('npm error ', '').replace(/^notarget /, '')
}
