// SPDX-License-Identifier: Apache-2.0
import Module from 'node:module'
import { packagesOf } from './packages-of.ts'

/** Gets the exports of a file of a package as it is first required; returns what takes their place. */
export type OnRequire = (exports: unknown) => unknown

type Require = (this: unknown, id: string) => unknown

/** The undocumented parts of `node:module` that hooks have been built on for as long as there is Node. */
interface ModuleInternals {
  readonly _resolveFilename: (id: string, parent: unknown) => string
  readonly _cache: Readonly<Record<string, { readonly loaded: boolean } | undefined>>
  readonly prototype: { require: Require }
}

/** The package's name and the path inside, without what `require` may leave out. */
const IN_PACKAGE = /^.*[\\/]node_modules[\\/](.+?)(?:[\\/]index)?(?:\.[cm]?js)?$/

/**
 * Sees files of packages as they are loaded. The files named are inner ones, which their own package requires: that goes
 * through `Module.prototype.require` also where the application is ESM and imports the package, on every supported Node,
 * with no loader hook that would have to look at each module of the application.
 *
 * Not by require-in-the-middle: loading it and its `debug` takes longer than all the rest of a start's patches, it resolves each
 * `require` of the application a second time, and it replaces `process.getBuiltinModule`.
 */
export function onRequire(files: Readonly<Record<string, OnRequire>>): void {
  const internals = Module as unknown as ModuleInternals
  // Only what a wanted file may be called is looked at any closer: nearly every `require` costs one failed match.
  const ends = Object.keys(files).map((file) => file.slice(file.lastIndexOf('/') + 1))
  const candidate = new RegExp(`(?:^|[\\\\/])(?:${ends.join('|')})(?:[\\\\/]index)?(?:\\.c?js)?$`)
  const inside = new RegExp(
    `[\\\\/]node_modules[\\\\/](?:${packagesOf(files).join('|').replaceAll('/', '[\\\\/]')})[\\\\/]`,
  )
  // Those names, `./client`, `./connection`, an application has as well: one that is relative counts inside of a wanted package alone.
  const mayBeWanted = (id: string, parent: unknown) =>
    candidate.test(id) && (!id.startsWith('.') || id.includes('node_modules') || inside.test(filenameOf(parent)))
  const replaced = new WeakMap<object, unknown>()
  const original = internals.prototype.require

  const replace = (exports: unknown, id: string, parent: unknown): unknown => {
    if (!isObject(exports)) return exports
    const filename = internals._resolveFilename(id, parent)
    const name = IN_PACKAGE.exec(filename)?.[1]?.replaceAll('\\', '/')
    const patch = name === undefined || !Object.hasOwn(files, name) ? undefined : files[name]
    // In a circle of modules one that is still loading is required by another; whoever began it gets the whole.
    if (patch === undefined || internals._cache[filename]?.loaded === false) return exports
    // What was deleted from `require.cache` and is loaded anew is a new object.
    if (!replaced.has(exports)) {
      replaced.set(exports, exports)
      replaced.set(exports, patch(exports) ?? exports)
    }
    return replaced.get(exports)
  }

  internals.prototype.require = function require(id, ...rest) {
    const exports = Reflect.apply(original, this, [id, ...rest])
    try {
      return mayBeWanted(id, this) ? replace(exports, id, this) : exports
    } catch {
      return exports
    }
  }
}

function filenameOf(module: unknown): string {
  return isObject(module) && 'filename' in module && typeof module.filename === 'string' ? module.filename : ''
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
