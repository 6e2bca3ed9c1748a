// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { mustRun } from './run-command.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface MariaDb extends RunningProgram {
  readonly url: string
  readonly port: number
}

/** Both programs run as root only where they are told to. */
const USER = `--user=${userInfo().username}`
/** Of the same package as the server. */
const INSTALL = '/usr/bin/mariadb-install-db'
const FIRST_QUERIES = `CREATE DATABASE IF NOT EXISTS app;
CREATE USER IF NOT EXISTS app@'127.0.0.1';
GRANT ALL ON *.* TO app@'127.0.0.1';
`

/** Starts a real MariaDB with an empty database, on a free port and with a folder of its own. */
export async function startMariaDb(t: Owner): Promise<MariaDb> {
  const server = programPath('mariadbd')
  const [port = 0] = await freePorts(1)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('mariadb')
  const data = path.join(folder, 'data')
  const queries = path.join(folder, 'first.sql')
  writeFileSync(queries, FIRST_QUERIES)
  mustRun(
    INSTALL,
    ['--no-defaults', `--datadir=${data}`, USER, '--auth-root-authentication-method=normal', '--skip-test-db'],
    {
      timeoutMs: 120_000,
    },
  )
  const program = await startProgram(t, {
    name: 'MariaDB',
    path: server,
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      USER,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${path.join(folder, 'socket')}`,
      `--pid-file=${path.join(folder, 'pid')}`,
      '--skip-name-resolve',
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
      `--init-file=${queries}`,
    ],
    env: {},
    readyText: 'ready for connections',
  })
  t.after(removeFolder)
  return Object.assign(program, { port, url: `mysql://app@127.0.0.1:${port}/app` })
}
