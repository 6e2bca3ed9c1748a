// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface RabbitMq extends RunningProgram {
  /** For `connect`. */
  readonly url: string
}

/**
 * Starts one real broker, with ports, files and a port mapper of its own. What was declared durable is there again after a stop and a start, and
 * so are persistent messages.
 */
export async function startRabbitMq(t: Owner): Promise<RabbitMq> {
  const [port, distribution, mapper] = await freePorts(3)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('rabbitmq')
  const inFolder = (name: string) => path.join(folder, name)
  writeFileSync(inFolder('enabled_plugins'), '[].\n')
  // Otherwise the broker starts a daemon that outlives it.
  const name = 'the port mapper of RabbitMQ'
  const mapperPort = { ERL_EPMD_PORT: `${mapper}`, ERL_EPMD_ADDRESS: '127.0.0.1' }
  await startProgram(t, { name, path: 'epmd', args: ['-d'], env: mapperPort, readyText: 'epmd running' })
  const program = await startProgram(t, {
    name: 'RabbitMQ',
    path: programPath('rabbitmq-server'),
    args: [],
    env: {
      ...mapperPort,
      HOME: folder,
      RABBITMQ_NODENAME: `correlation-${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: `${port}`,
      RABBITMQ_DIST_PORT: `${distribution}`,
      RABBITMQ_MNESIA_BASE: inFolder('mnesia'),
      RABBITMQ_LOG_BASE: inFolder('log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: inFolder('pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: inFolder('enabled_plugins'),
      // Those of the machine, in /etc, are none of ours.
      RABBITMQ_CONF_ENV_FILE: inFolder('rabbitmq-env.conf'),
      RABBITMQ_CONFIG_FILE: inFolder('rabbitmq'),
      RABBITMQ_ADVANCED_CONFIG_FILE: inFolder('advanced'),
      RABBITMQ_GENERATED_CONFIG_DIR: inFolder('generated'),
      // No shell between us and the broker: a signal goes to the broker itself, SIGKILL as well.
      detached: 'true',
    },
    readyText: 'Server startup complete',
  })
  t.after(removeFolder)
  return Object.assign(program, { url: `amqp://127.0.0.1:${port}` })
}
