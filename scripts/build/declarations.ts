// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ENTRIES = ['src/index.d.ts', 'src/winston.d.ts']

const RELATIVE_IMPORT = /((?:from |import\()['"])(\.[^'"]+)\.ts(?=['"])/g

/** Writes the declarations once for each format: a folder's package.json says how TypeScript reads them. */
export function emitDeclarations(root: string, outDir: string): void {
  const esm = path.join(outDir, 'esm')
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const options = ['-p', 'tsconfig.build.json', '--outDir', esm]
  const { status } = spawnSync(process.execPath, [tsc, ...options], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The declarations could not be made: tsc found the mistakes above.')
  keepReachable(esm)
  const cjs = path.join(outDir, 'cjs')
  cpSync(esm, cjs, { recursive: true })
  writeFileSync(path.join(esm, 'package.json'), '{"type":"module"}\n')
  writeFileSync(path.join(cjs, 'package.json'), '{"type":"commonjs"}\n')
}

/** tsc declares every file of the program; what no public type leads to would only pull in packages a user does not have. */
function keepReachable(folder: string): void {
  const reachable = new Set<string>()
  const queue = ENTRIES.map((entry) => path.join(folder, entry))
  for (const file of queue) {
    if (reachable.has(file)) continue
    reachable.add(file)
    // tsc leaves `.ts` in the paths, which only newer versions of it can follow from a declaration.
    const text = readFileSync(file, 'utf8').replaceAll(RELATIVE_IMPORT, (_, before: string, target: string) => {
      queue.push(path.join(path.dirname(file), `${target}.d.ts`))
      return `${before}${target}.js`
    })
    writeFileSync(file, text)
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile() && !reachable.has(file)) rmSync(file)
  }
  removeEmptyFolders(folder)
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(path.join(folder, entry.name))
  }
  if (existsSync(folder) && readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
}
