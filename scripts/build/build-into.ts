// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './bundle.ts'
import { findBundledPackages } from './bundled-packages.ts'
import { emitDeclarations } from './declarations.ts'
import type { Manifest } from './manifest.ts'
import { renderNotices } from './notices.ts'
import { createSbom } from './sbom.ts'

/** Builds the package into a folder beside `dist`. The same sources give the same bytes. */
export async function buildInto(root: string, outDir: string): Promise<void> {
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest
  const packages = findBundledPackages(root, await bundle(root, outDir, manifest))
  emitDeclarations(root, outDir)
  writeFileSync(path.join(outDir, 'THIRD-PARTY-NOTICES.md'), renderNotices(packages))
  writeFileSync(path.join(outDir, 'sbom.cdx.json'), `${JSON.stringify(createSbom(manifest, packages), undefined, 2)}\n`)
}
