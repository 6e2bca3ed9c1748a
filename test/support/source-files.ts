// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { mustRun, ROOT } from './run-command.ts'

/** One import of a source file. */
export interface Import {
  /** As written: a package, a built-in module, or for our own files the path from the repository's root. */
  readonly target: string
  /** Erased before the program runs. */
  readonly isType: boolean
}

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^'"]*?\bfrom\s+)?'([^']+)'/gm
const CALL = /(typeof )?\b(?:import|require|createRequire\([^()]*\))\(\s*'([^']+)'\s*\)/g

/** Finds the imports of a file, of whatever form. */
export function importsOf(file: string, text: string): readonly Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return [...code.matchAll(IMPORT), ...code.matchAll(CALL)].map(([, type, specifier = '']) => ({
    target: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
    isType: type !== undefined,
  }))
}

/** The files of the repository that git knows or would add, by their paths from the root. */
export function listFiles(...patterns: readonly string[]): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns]
  return mustRun('git', args, { cwd: ROOT }).stdout.split('\n').filter(Boolean)
}
