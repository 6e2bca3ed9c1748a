// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

declare const __API_VERSION__: string

/** The version of the copy that the build puts into the preload. */
const BUILT_IN = typeof __API_VERSION__ === 'string' ? __API_VERSION__ : '1.10.0'

// Not as a literal: the bundler would take it for the copy that it puts in.
const API: string = '@opentelemetry/api'

/**
 * The version that globals are registered under: that of the copy beside this package, which an application shares where it
 * can, or of the built-in copy where that is newer. A copy of the API reads no global of an older minor version than its own.
 */
export function ownApiVersion(): string {
  try {
    return newerOf(versionFrom(__dirname, () => require.resolve(API)) ?? BUILT_IN, BUILT_IN)
  } catch {
    return BUILT_IN
  }
}

/**
 * Says so where the application resolves a newer minor version of the API than ours: such a copy does not read globals of an
 * older one, and stays silent about it.
 */
export function newerApiProblem(own: string, entry: string | undefined): string | undefined {
  try {
    const from = path.resolve(entry ?? '.', 'noop.js')
    const theirs = versionFrom(path.dirname(from), () => createRequire(from).resolve(API))
    if (theirs === undefined || minorOf(theirs) <= minorOf(own)) return undefined
    return `the application has @opentelemetry/api ${theirs}, and this package ${own}: code that uses the newer one sees no context and no spans. Make them one version (\`npm ls @opentelemetry/api\` shows both).`
  } catch {
    return undefined
  }
}

/** Compares the versions `1.9.1` and `1.10.0` as numbers; a collator would cost 10 ms of the start. */
export function newerOf(left: string, right: string): string {
  const theirs = right.split('.').map(Number)
  for (const [i, part] of left.split('.').map(Number).entries()) {
    const other = theirs[i] ?? 0
    if (part !== other) return part > other ? left : right
  }
  return right
}

function minorOf(version: string): number {
  return Number(version.split('.')[1])
}

/**
 * Looks where `node_modules` folders are, and asks Node's own resolution, which takes milliseconds, only where there is none: other
 * package managers have other places.
 */
function versionFrom(folder: string, resolve: () => string): string | undefined {
  for (let at = folder, above = path.dirname(at); ; at = above, above = path.dirname(at)) {
    const manifest = path.join(at, 'node_modules', API, 'package.json')
    if (existsSync(manifest)) return versionIn(manifest)
    if (above === at) return versionAt(resolve())
  }
}

/** The version of the copy that a file belongs to. Its manifest is no entry point of its package, so it is read from beside the code. */
export function versionAt(file: string): string | undefined {
  const directory = `${path.sep}@opentelemetry${path.sep}api${path.sep}`
  const at = file.lastIndexOf(directory)
  return at === -1 ? undefined : versionIn(path.join(file.slice(0, at + directory.length), 'package.json'))
}

function versionIn(manifest: string): string | undefined {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: string }).version
}
