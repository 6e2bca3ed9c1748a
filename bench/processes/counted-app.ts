// SPDX-License-Identifier: Apache-2.0
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Variant } from '../variants.ts'
import { type App, type AppOptions, startApp } from './app.ts'

/** The app under callgrind, which counts the instructions that all threads of the process execute outside the kernel. */
export interface CountedApp extends AsyncDisposable, Pick<App, 'url' | 'stderr'> {
  /** Those since it was last asked, or since the start, once it has settled. */
  instructions(): Promise<number>
}

/** Throws, in a sentence, where there is nothing to count with. */
export function checkCallgrind(): void {
  const found = ['valgrind', 'vgdb'].every((name) => spawnSync(name, ['--help'], { stdio: 'ignore' }).status === 0)
  if (!found) throw new Error('Instructions are counted by valgrind, which was not found: install its package.')
}

export interface CountedAppOptions extends AppOptions {
  /** Milliseconds after its last answer in which it still works: batches leave, finalizers run. */
  readonly settleMs: number
}

/** Starts the app of a variant some fifty times slower than it is. */
export async function startCountedApp(variant: Variant, options: CountedAppOptions): Promise<CountedApp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'callgrind-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const pipes = `--vgdb-prefix=${path.join(folder, 'vgdb')}`
  try {
    const counts = `--callgrind-out-file=${path.join(folder, 'counts')}`
    // V8 writes code into memory that it executes; without this, valgrind would go on with what was there before.
    const under = ['valgrind', '--quiet', '--tool=callgrind', '--smc-check=all-non-file', '--vgdb=yes', pipes, counts]
    const app = await startApp(variant, { ...options, under })
    return {
      url: app.url,
      get stderr() {
        return app.stderr
      },
      async instructions() {
        await new Promise((resolve) => setTimeout(resolve, options.settleMs))
        await promisify(execFile)('vgdb', [pipes, `--pid=${app.pid}`, 'dump'])
        return takeCount(folder)
      },
      async [Symbol.asyncDispose]() {
        await app[Symbol.asyncDispose]()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** A dump is a file of its own, and begins at the one before. */
async function takeCount(folder: string): Promise<number> {
  const [name, ...more] = (await readdir(folder)).filter((file) => file.startsWith('counts.'))
  if (name === undefined || more.length > 0)
    throw new Error(`callgrind wrote ${more.length + (name ? 1 : 0)} counts, not one.`)
  const file = path.join(folder, name)
  const count = countOf(await readFile(file, 'utf8'))
  await rm(file)
  return count
}

/** The sum of a dump, from its head (the callgrind format's `summary`). */
export function countOf(dump: string): number {
  const [, digits] = /^summary: (\d+)$/m.exec(dump) ?? []
  if (digits === undefined) throw new Error('The counts of callgrind have no `summary` line.')
  return Number(digits)
}
