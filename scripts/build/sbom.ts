// SPDX-License-Identifier: Apache-2.0
import type { BundledPackage } from './bundled-packages.ts'
import type { Manifest } from './manifest.ts'

/**
 * The bill of materials of what is bundled, which no package manager can see: https://cyclonedx.org/docs/1.6/json/.
 * Without a time stamp and a serial number, both optional, so that the same sources give the same file.
 */
export function createSbom(manifest: Manifest, packages: readonly BundledPackage[]): object {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: { ...component(manifest), description: manifest.description },
    },
    components: packages.map((bundled) => ({ ...component(bundled), ...hashesOf(bundled) })),
    dependencies: [{ ref: purl(manifest), dependsOn: packages.map(purl) }],
  }
}

type Named = Pick<Manifest, 'name' | 'version' | 'license'>

function component(of: Named): object {
  const [group, name] = of.name.startsWith('@') ? of.name.split('/') : [undefined, of.name]
  return {
    type: 'library',
    'bom-ref': purl(of),
    ...(group !== undefined && { group }),
    name,
    version: of.version,
    licenses: [/^[\w.+-]+$/.test(of.license) ? { license: { id: of.license } } : { expression: of.license }],
    purl: purl(of),
  }
}

function hashesOf({ integrity }: BundledPackage): object {
  if (integrity?.startsWith('sha512-') !== true) return {}
  const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')
  return { hashes: [{ alg: 'SHA-512', content }] }
}

/** https://github.com/package-url/purl-spec: the `@` of a scope is percent-encoded. */
function purl({ name, version }: Pick<Named, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
}
