// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { mustRun } from './run-command.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface Kafka extends RunningProgram {
  /** For `KAFKA_BROKER`. */
  readonly broker: string
}

/** As many as docker-compose.yml has. */
const PARTITIONS = 12

/** Starts one real broker, which is its own controller, on free ports and with a folder of its own. */
export async function startKafka(t: Owner): Promise<Kafka> {
  const [port, controller] = await freePorts(2)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('kafka')
  const properties = path.join(folder, 'server.properties')
  writeFileSync(
    properties,
    `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:${controller}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.partitions=${PARTITIONS}
log.dirs=${path.join(folder, 'log')}
`,
  )
  const kafka = programPath('kafka')
  mustRun(kafka, ['kafka.tools.StorageTool', 'format', '-t', 'b3JnLWNvcnJlbGF0aW9uLQ', '-c', properties])
  const program = await startProgram(t, {
    name: 'Kafka',
    path: kafka,
    args: ['kafka.Kafka', properties],
    env: {},
    readyText: 'Kafka Server started',
  })
  t.after(removeFolder)
  return Object.assign(program, { broker: `127.0.0.1:${port}` })
}
