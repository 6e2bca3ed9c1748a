// SPDX-License-Identifier: Apache-2.0
import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'

/** Where npm and yarn put a package, and where pnpm puts those that others depend on. */
const FOLDERS = ['node_modules', path.join('node_modules', '.pnpm', 'node_modules')]

/** The folders that the application's packages are looked up from: its main file's, and the working directory. */
export function applicationFolders(): readonly string[] {
  const main = process.argv[1]
  return [...workingDirectory(), ...(main === undefined ? [] : [folderOf(main)])]
}

function workingDirectory(): readonly string[] {
  try {
    return [process.cwd()]
  } catch {
    // It may be gone.
    return []
  }
}

function folderOf(file: string): string {
  try {
    return path.dirname(realpathSync(file))
  } catch {
    // `node app` without its extension, or no file at all.
    return path.dirname(file)
  }
}

/** Whether a package is in a `node_modules` of one of these folders, or above: a few questions to the file system, and no more. */
export function isInstalled(name: string, from: readonly string[]): boolean {
  return from.some((folder) => isAbove(name, folder))
}

function isAbove(name: string, from: string): boolean {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (FOLDERS.some((modules) => existsSync(path.join(folder, modules, name)))) return true
    if (folder === path.dirname(folder)) return false
  }
}
