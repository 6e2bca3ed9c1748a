// SPDX-License-Identifier: Apache-2.0

/** The names of the packages, each once, of files that are named by their package and the path inside: `pg/lib/client`, `@scope/name/index`. */
export function packagesOf(files: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set(Object.keys(files).map((file) => /^(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file))]
}
