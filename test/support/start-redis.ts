// SPDX-License-Identifier: Apache-2.0
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface Redis extends RunningProgram {
  readonly url: string
  readonly port: number
}

/** Starts a real Redis that keeps nothing, on a free port. */
export async function startRedis(t: Owner): Promise<Redis> {
  const [port = 0] = await freePorts(1)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('redis')
  const program = await startProgram(t, {
    name: 'Redis',
    path: programPath('redis-server'),
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    env: {},
    readyText: 'Ready to accept connections',
  })
  t.after(removeFolder)
  return Object.assign(program, { port, url: `redis://127.0.0.1:${port}` })
}
