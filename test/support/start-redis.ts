// SPDX-License-Identifier: Apache-2.0
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface Redis extends RunningProgram {
  readonly port: number
  readonly url: string
}

/**
 * Starts a real Redis on a free port, which keeps nothing.
 *
 * @param isDurable - With its data in a folder of its own: what is in it is there again after a restart.
 */
export async function startRedis(t: Owner, { isDurable = false } = {}): Promise<Redis> {
  const [port] = (await freePorts(1)) as [number]
  const { folder, [Symbol.dispose]: removeFolder } = createProject('redis')
  const durable = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const program = await startProgram(t, {
    name: 'Redis',
    path: programPath('redis-server'),
    args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', ...durable],
    env: {},
    readyText: 'Ready to accept connections',
  })
  t.after(removeFolder)
  return Object.assign(program, { port, url: `redis://127.0.0.1:${port}` })
}
