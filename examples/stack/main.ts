// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { appendFileSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { programPath } from '../../test/real/programs.ts'
import { createLifetime } from '../../test/support/lifetime.ts'
import { createProject } from '../../test/support/packed.ts'
import { ROOT } from '../../test/support/run-command.ts'
import { startCollector } from '../../test/support/start-collector.ts'
import { startJaeger } from '../../test/support/start-jaeger.ts'
import { SERVICES, startChain } from './start-chain.ts'

/**
 * `npm run stack`: what docker-compose.yml has, without Docker, on the same ports, by the programs that `npm run programs` provides. The log
 * lines of each service are in a file of its own.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    'jaeger-port': { type: 'string', default: '16686' },
    logs: { type: 'string', default: path.join(ROOT, '.cache/stack/logs') },
  },
})

const front = createLifetime()
const back = createLifetime()
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])

rmSync(values.logs, { recursive: true, force: true })
mkdirSync(values.logs, { recursive: true })
try {
  await play()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  // The services first, so that what is queued arrives.
  await front.end()
  await back.end()
}

async function play(): Promise<void> {
  const jaeger = await startJaeger(back, {
    env: {
      QUERY_LISTEN: `127.0.0.1:${values['jaeger-port']}`,
      JAEGER_UI_CONFIG: path.join(ROOT, 'otel-collector/jaeger-ui.json'),
      JAEGER_UI_ASSETS: path.dirname(programPath('jaeger-page')),
    },
  })
  const collector = await startCollector(back, { config: 'development.yaml', env: { JAEGER_ENDPOINT: jaeger.otlpUrl } })
  // Where any user can get at it: started by root, nginx runs as nobody.
  const { folder, [Symbol.dispose]: removeFolder } = createProject('nginx')
  const accessLog = path.join(folder, 'access.json')
  const chain = await startChain({
    otlpUrl: collector.otlpUrl,
    port: Number(values.port),
    folder,
    onLine: (service, line) => appendFileSync(fileOf(service), `${line}\n`),
  })
  front.after(async () => {
    await chain[Symbol.asyncDispose]()
    rmSync(fileOf('nginx'))
    copyFileSync(accessLog, fileOf('nginx'))
    removeFolder()
  })
  // Each has a file from the start, so that nobody looks for one in vain.
  for (const service of SERVICES) appendFileSync(fileOf(service), '')
  symlinkSync(accessLog, fileOf('nginx'))
  console.log(`nginx → shop → pricing → stock (Flask) → notifier, with a collector and Jaeger. Ctrl-C ends them. Try:
  curl -i http://localhost:${values.port}/checkout/tea
  curl -i http://localhost:${values.port}/checkout/gold-plated-kettle
Jaeger:    http://localhost:${values['jaeger-port']}
Log lines: ${path.relative(process.cwd(), values.logs) || '.'}`)
  await interrupted
}

function fileOf(service: string): string {
  return path.join(values.logs, `${service}.log`)
}
