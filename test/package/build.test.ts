// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { buildInto } from '../../scripts/build/build-into.ts'
import { swapFolder } from '../../scripts/build/swap-folder.ts'
import { createProject } from '../support/packed.ts'
import { ROOT } from '../support/run-command.ts'

// Beside dist, as the build makes its own: the source maps are relative to that depth.
const folders = [1, 2].map((number) => path.join(ROOT, `dist.test-${process.pid}-${number}`))

function contentOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const named = files.map((entry) => path.join(entry.parentPath, entry.name)).sort()
  return new Map(named.map((file) => [path.relative(folder, file), readFileSync(file, 'latin1')]))
}

interface Component {
  readonly type: string
  readonly 'bom-ref': string
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly { readonly license: { readonly id: string } }[]
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

interface Sbom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly version: number
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

describe('the build', () => {
  before(async () => {
    for (const folder of folders) await buildInto(ROOT, folder)
  })
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const [first = '', second = ''] = folders

  it('gives the same bytes each time', () => {
    const content = contentOf(first)
    assert.ok(content.has('preload.cjs') && content.has('sbom.cdx.json'))
    assert.deepEqual(contentOf(second), content)
  })

  it('lists in the SBOM every package that is in a bundle, as CycloneDX 1.6 asks', () => {
    const sbom = JSON.parse(contentOf(first).get('sbom.cdx.json') ?? '') as Sbom
    assert.deepEqual([sbom.bomFormat, sbom.specVersion, sbom.version], ['CycloneDX', '1.6', 1])
    assert.equal(sbom.metadata.component.purl, 'pkg:npm/%40org/correlation@0.1.0')
    for (const component of [sbom.metadata.component, ...sbom.components]) {
      assert.equal(component.type, 'library')
      assert.equal(component['bom-ref'], component.purl)
      const scope = component.group === undefined ? '' : `${component.group.replace('@', '%40')}/`
      assert.equal(component.purl, `pkg:npm/${scope}${component.name}@${component.version}`)
      assert.match(component.licenses[0]?.license.id ?? '', /^[\w.-]+$/)
    }
    for (const { hashes } of sbom.components) assert.match(hashes?.[0]?.content ?? '', /^[0-9a-f]{128}$/)
    const refs = sbom.components.map((component) => component['bom-ref'])
    assert.equal(new Set(refs).size, refs.length)
    assert.deepEqual(sbom.dependencies, [{ ref: sbom.metadata.component['bom-ref'], dependsOn: refs }])
    const names = sbom.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`))
    assert.deepEqual(new Set(names), packagesIn(contentOf(first)))
  })

  it('ships the license text of each of them', () => {
    const notices = contentOf(first).get('THIRD-PARTY-NOTICES.md') ?? ''
    for (const name of packagesIn(contentOf(first))) assert.match(notices, new RegExp(`^## ${name} \\d`, 'm'))
    assert.match(notices, /Apache License\n +Version 2\.0/)
    assert.match(notices, /Copyright \(c\) \d{4}.*Federico Romero/)
    assert.match(notices, /^## negotiator .* \(MIT\)$/m)
  })
})

/** The packages that the source maps name: another source than the metafile that the lists are made from. */
function packagesIn(content: ReadonlyMap<string, string>): ReadonlySet<string> {
  const names = [...content]
    .filter(([file]) => /\.[cm]js\.map$/.test(file))
    .flatMap(([, text]) => (JSON.parse(text) as { readonly sources: readonly string[] }).sources)
    .map((source) => /^\.\.\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1])
  return new Set(names.filter((name) => name !== undefined))
}

describe('swapFolder', () => {
  for (const hasOld of [true, false]) {
    it(`puts the new folder in place ${hasOld ? 'of an old one' : 'where there was none'}`, () => {
      using project = createProject('swap')
      const [fresh, target] = ['fresh', 'target'].map((name) => path.join(project.folder, name)) as [string, string]
      mkdirSync(fresh)
      writeFileSync(path.join(fresh, 'new.txt'), 'new')
      if (hasOld) {
        mkdirSync(target)
        writeFileSync(path.join(target, 'old.txt'), 'old')
      }
      swapFolder(fresh, target)
      assert.deepEqual(readdirSync(project.folder), ['target'])
      assert.deepEqual(readdirSync(target), ['new.txt'])
    })
  }

  it('leaves the old folder where there is no new one', () => {
    using project = createProject('swap')
    const target = path.join(project.folder, 'target')
    mkdirSync(target)
    assert.throws(() => swapFolder(path.join(project.folder, 'fresh'), target), { code: 'ENOENT' })
    assert.ok(existsSync(target))
  })
})
