// SPDX-License-Identifier: Apache-2.0
import Module from 'node:module'
import { applicationFolders, isInstalled } from './installed-packages.ts'
import { packagesOf } from './packages-of.ts'

/** Gets the bindings of an ES module of a package, by their names inside the module, once it has been evaluated; undefined for one that is not there. */
export type OnImport = (bindings: Readonly<Record<string, unknown>>) => void

export interface ImportPatch {
  /** The top-level names wanted, as the module itself calls them. */
  readonly names: readonly string[]
  readonly patch: OnImport
}

const RECEIVERS = Symbol.for('@org/correlation.imports')

interface GlobalReceivers {
  [RECEIVERS]?: Map<string, OnImport>
}

const IN_PACKAGE = /^file:.*\/node_modules\/(.+?)$/

/**
 * Sees ES modules of packages as they are evaluated, for the few packages that are no CommonJS inside. A line at the end of the module's source
 * hands its classes over; what the module exports, and when, stays as it is.
 *
 * Not by import-in-the-middle: that puts a module of its own around each one it is asked for, with a getter and a setter for each export, where here the
 * prototype of a class is all that is wanted.
 *
 * Needs synchronous hooks that leave CommonJS alone, see {@link hasHarmlessHooks}; elsewhere it does nothing. Nor does it without any of the packages:
 * beside a load hook, each file that is required costs some tens of microseconds more.
 *
 * @param from - The folders that the packages are looked up from.
 */
export function onImport(
  files: Readonly<Record<string, ImportPatch>>,
  from: readonly string[] = applicationFolders(),
): void {
  if (typeof Module.registerHooks !== 'function' || !hasHarmlessHooks(process.versions.node)) return
  if (!packagesOf(files).some((name) => isInstalled(name, from))) return
  const holder = globalThis as GlobalReceivers
  holder[RECEIVERS] ??= new Map()
  const receivers = holder[RECEIVERS]
  for (const [file, { patch }] of Object.entries(files)) receivers.set(file, failSafe(patch))
  Module.registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const file = IN_PACKAGE.exec(url)?.[1]
      const wanted = file === undefined || !Object.hasOwn(files, file) ? undefined : files[file]
      if (wanted === undefined || loaded.format !== 'module' || loaded.source == null) return loaded
      return { ...loaded, source: `${textOf(loaded.source)}\n${handOver(file as string, wanted.names)}` }
    },
  })
}

/**
 * Whether a load hook changes nothing but what it means to. Up to 24.11, and in 25.0 and 25.1, the presence of one is enough that CommonJS which is
 * imported gets a `require` made for it, without `require.cache`, that passes by whatever patches `Module.prototype.require`; and Node 22 does not start with
 * `--loader` beside one. https://github.com/nodejs/node/issues/59666, https://github.com/nodejs/node/issues/63060
 */
export function hasHarmlessHooks(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 25 || (major === 25 && minor >= 2) || (major === 24 && minor >= 12)
}

/** `typeof` does not throw where a name is not there any more. */
function handOver(file: string, names: readonly string[]): string {
  const bindings = names.map((name) => `${name}: typeof ${name} === 'undefined' ? undefined : ${name}`)
  return `globalThis[Symbol.for('@org/correlation.imports')]?.get(${JSON.stringify(file)})?.({ ${bindings.join(', ')} });\n`
}

function failSafe(patch: OnImport): OnImport {
  return (bindings) => {
    try {
      patch(bindings)
    } catch {
      // What cannot be patched works as without us.
    }
  }
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}
