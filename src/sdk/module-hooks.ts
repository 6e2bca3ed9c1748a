// SPDX-License-Identifier: Apache-2.0
import { Hook } from 'require-in-the-middle'

/** Gets the exports of a file of a package as it is first required; returns what takes their place. */
export type OnRequire = (exports: unknown) => unknown

/**
 * Sees files of packages as they are loaded. The files named are inner ones, which their own package requires: that goes
 * through `Module.prototype.require` also where the application is ESM and imports the package, on every supported Node,
 * with no loader hook that would have to look at each module of the application.
 */
export function onRequire(files: Readonly<Record<string, OnRequire>>): void {
  new Hook(Object.keys(files), <T>(exports: T, name: string): T => {
    try {
      return (files[name.replaceAll('\\', '/')]?.(exports) as T | undefined) ?? exports
    } catch {
      return exports
    }
  })
}
