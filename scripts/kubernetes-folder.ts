// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseDockerfile, runDockerfile } from './kubernetes/dockerfile.ts'

/**
 * `node scripts/kubernetes-folder.ts <folder>`: makes the folder `/autoinstrumentation` of the image in `examples/kubernetes/`, by the
 * instructions of its Dockerfile and without Docker. Packs what `npm run build` made.
 */
const root = path.join(import.meta.dirname, '..')
const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('The folder to make is missing: node scripts/kubernetes-folder.ts <folder>.')

const work = mkdtempSync(path.join(tmpdir(), 'correlation-kubernetes-'))
try {
  const context = path.join(work, 'context')
  cpSync(path.join(root, 'examples/kubernetes'), context, { recursive: true, filter: (file) => !file.endsWith('.tgz') })
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', context]
  const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm pack ended with ${status}.`)
  const instructions = parseDockerfile(readFileSync(path.join(context, 'Dockerfile'), 'utf8'))
  const image = runDockerfile(instructions, context, work)
  cpSync(path.join(image, 'autoinstrumentation'), target, { recursive: true, verbatimSymlinks: true })
} finally {
  rmSync(work, { recursive: true, force: true })
}
