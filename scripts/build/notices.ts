// SPDX-License-Identifier: Apache-2.0
import type { BundledPackage } from './bundled-packages.ts'

/** Renders the notices that their licenses ask us to ship: each text once, under the packages that it belongs to. */
export function renderNotices(packages: readonly BundledPackage[]): string {
  const owners = new Map<string, BundledPackage[]>()
  for (const bundled of packages) {
    for (const text of bundled.texts) owners.set(text, [...(owners.get(text) ?? []), bundled])
  }
  const sections = [...owners].map(
    ([text, of]) =>
      `${of.map(({ name, version, license }) => `## ${name} ${version} (${license})`).join('\n')}\n\n${fence(text)}\n`,
  )
  return `# Third-party notices

\`@org/correlation\` ships code of the packages below inside its own files. The same list for machines: \`sbom.cdx.json\`.

${sections.join('\n')}`
}

function fence(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``
}
