// SPDX-License-Identifier: Apache-2.0
import { chownSync } from 'node:fs'
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { mustRun } from './run-command.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'
import { unprivilegedUser } from './unprivileged-user.ts'

export interface Postgres extends RunningProgram {
  readonly url: string
  readonly port: number
}

/** Starts a real PostgreSQL with an empty database, on a free port and with a folder of its own. It refuses to run as root. */
export async function startPostgres(t: Owner): Promise<Postgres> {
  const postgres = programPath('postgres')
  const [port = 0] = await freePorts(1)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('postgres')
  const user = unprivilegedUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  // Both look at the folder they are started in, and the repository may be where that user cannot go.
  const as = { cwd: folder, ...(user !== undefined && { user }) }
  const data = path.join(folder, 'data')
  const initdb = path.join(path.dirname(postgres), 'initdb')
  mustRun(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '--no-locale', '-E', 'UTF8', '--no-sync'], {
    ...as,
    timeoutMs: 120_000,
  })
  let program: RunningProgram | undefined
  // Its processes stop at once and together; killed, they would still write while the folder is removed.
  t.after(() => program?.stop('SIGQUIT'))
  program = await startProgram(t, {
    name: 'PostgreSQL',
    path: postgres,
    args: [
      '-D',
      data,
      '-p',
      String(port),
      '-k',
      folder,
      '-h',
      '127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=100',
    ],
    env: {},
    readyText: 'database system is ready to accept connections',
    ...as,
  })
  t.after(removeFolder)
  return Object.assign(program, { port, url: `postgres://postgres@127.0.0.1:${port}/postgres` })
}
