// SPDX-License-Identifier: Apache-2.0
import type { ImportPatch } from '../src/sdk/import-hooks.ts'
import type { OnRequire } from '../src/sdk/module-hooks.ts'

/** What the files of a library are given as they load: the CommonJS ones, and the ES modules of those that have no CommonJS inside. */
export interface LibraryPatches {
  readonly required?: Readonly<Record<string, OnRequire>>
  readonly imported?: Readonly<Record<string, ImportPatch>>
}
