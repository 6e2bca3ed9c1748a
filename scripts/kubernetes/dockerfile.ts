// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** An instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string
  readonly rest: string
}

/** The file system of a stage, and where its instructions work. */
interface Stage {
  readonly root: string
  readonly workdir: string
}

/** Reads a Dockerfile without continued lines. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? []
    if (name === '') throw new Error(`The Dockerfile has a line that is not understood here: ${line}`)
    return { name, rest }
  })
}

/**
 * Does in folders below `roots` what Docker does in images, for as much of it as one small Dockerfile needs; returns the root of the
 * last stage. An instruction that it does not know fails, so that nobody takes its result for the image's.
 */
export function runDockerfile(instructions: readonly Instruction[], context: string, roots: string): string {
  const stages = new Map<string, Stage>()
  let stage: Stage = { root: '', workdir: '/' }
  for (const { name, rest } of instructions) {
    if (name === 'FROM') {
      const [, alias = `${stages.size}`] = / AS (\S+)$/.exec(rest) ?? []
      stage = { root: path.join(roots, alias), workdir: '/' }
      mkdirSync(stage.root)
      stages.set(alias, stage)
    } else if (name === 'WORKDIR') {
      stage = { ...stage, workdir: path.posix.join(stage.workdir, rest) }
      mkdirSync(path.join(stage.root, stage.workdir), { recursive: true })
    } else if (name === 'COPY') {
      const [, from, paths = ''] = /^(?:--from=(\S+) )?(.+)$/.exec(rest) ?? []
      const source = from === undefined ? context : stages.get(from)?.root
      if (source === undefined) throw new Error(`COPY names the stage ${from}, which there is not.`)
      copy(source, paths.split(' '), stage)
    } else if (name === 'RUN') {
      run(rest, path.join(stage.root, stage.workdir))
    } else if (name !== 'USER') {
      throw new Error(`The Dockerfile has the instruction ${name}, which is not understood here.`)
    }
  }
  return stage.root
}

function copy(source: string, paths: readonly string[], { root, workdir }: Stage): void {
  const to = path.join(root, path.posix.resolve(workdir, paths.at(-1) ?? ''))
  for (const pattern of paths.slice(0, -1)) {
    const found = globSync(path.join(source, pattern))
    if (found.length === 0) throw new Error(`COPY finds no ${pattern}.`)
    // Of a folder Docker copies what is in it.
    for (const each of found) {
      const target = statSync(each).isDirectory() ? to : path.join(to, path.basename(each))
      cpSync(each, target, { recursive: true, verbatimSymlinks: true })
    }
  }
}

function run(command: string, cwd: string): void {
  // npm run by an old Node chooses older releases.
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}` }
  const { status } = spawnSync('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}.`)
}
