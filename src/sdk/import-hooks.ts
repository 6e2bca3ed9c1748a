// SPDX-License-Identifier: Apache-2.0
import Module from 'node:module'

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
 * Needs synchronous hooks (Node 22.15 or newer: https://nodejs.org/api/module.html#moduleregisterhooksoptions); elsewhere it does nothing.
 */
export function onImport(files: Readonly<Record<string, ImportPatch>>): void {
  if (typeof Module.registerHooks !== 'function') return
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
