// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { REQUIREMENTS } from '../../test/real/programs.ts'
import { installDebianPackages } from './debian-packages.ts'
import { makeFolder } from './make-folder.ts'
import { runTool } from './run-tool.ts'
import { toolRuns } from './tool-runs.ts'

/** A virtual environment with what the Flask example needs, from PyPI. */
export function createVirtualEnvironment(folder: string): void {
  // Debian ships Python without what makes an environment.
  if (!toolRuns('python3', ['-c', 'import ensurepip, venv'])) installDebianPackages(['python3-venv'])
  makeFolder(folder, (temporary) => {
    runTool('python3', ['-m', 'venv', temporary])
    const python = path.join(temporary, 'bin/python')
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
    runTool(python, ['-m', 'pip', 'install', ...quiet, '-r', REQUIREMENTS])
    moveScripts(temporary, folder)
  })
}

/** The scripts name their Python by its path, which is the folder's final one only after the renaming. */
function moveScripts(from: string, to: string): void {
  const bin = path.join(from, 'bin')
  const files = readdirSync(bin, { withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { name } of files) {
    const file = path.join(bin, name)
    // Latin-1 keeps every byte of what is no text.
    const text = readFileSync(file, 'latin1')
    if (text.includes(from)) writeFileSync(file, text.replaceAll(from, to), 'latin1')
  }
}
