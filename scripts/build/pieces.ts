// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import type { Metafile } from 'esbuild'

/** What esbuild's splitting made, by file name. */
export interface Pieces {
  /** The entry and all that it imports at once. */
  readonly core: readonly string[]
  /** The others, with the names that they are shipped under. */
  readonly lazy: ReadonlyMap<string, string>
}

const HASH = /-[A-Z0-9]{8}\.mjs$/

/** Tells the pieces that an entry imports at once from those that are loaded later. */
export function findPieces({ outputs }: Metafile, entry: string): Pieces {
  const imports = new Map(
    Object.entries(outputs).map(([file, output]) => [
      path.basename(file),
      output.imports
        .filter(({ kind, external }) => kind === 'import-statement' && external !== true)
        .map((imported) => path.basename(imported.path)),
    ]),
  )
  const core = [entry]
  for (const piece of core) core.push(...(imports.get(piece) ?? []).filter((other) => !core.includes(other)))
  const lazy = new Map<string, string>()
  for (const piece of [...imports.keys()].filter((name) => !core.includes(name)).sort()) {
    // A name with a hash would be another one with each change. esbuild calls what it made itself `chunk`.
    const name = piece
      .replace(HASH, '')
      .replace(/\.mjs$/, '')
      .replace(/^chunk$/, 'shared')
    const taken = [...lazy.values()].filter((other) => other === name || other.startsWith(`${name}-`)).length
    lazy.set(piece, taken === 0 ? name : `${name}-${taken + 1}`)
  }
  return { core, lazy }
}
