// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import {
  COLLECTOR_FILES,
  JAEGER_FILES,
  readCollectorFile,
  SECTIONS,
  type Section,
  textOf,
  typesIn,
} from '../support/collector-files.ts'
import { createProject } from '../support/packed.ts'
import { mustRun, ROOT, runCommand } from '../support/run-command.ts'
import { startCollector } from '../support/start-collector.ts'
import { startJaeger } from '../support/start-jaeger.ts'
import { programPath } from './programs.ts'

const FILES = [
  ...COLLECTOR_FILES.map((file) => ({ file, program: 'collector' as const })),
  ...JAEGER_FILES.map((file) => ({ file, program: 'jaeger' as const })),
]

describe('the collector and Jaeger themselves', () => {
  for (const { file, program } of FILES) {
    it(`find ${file} valid`, (t) => {
      const folder = temporaryFolder(t)
      const env = { STORAGE_DIRECTORY: folder }
      const config = path.join(ROOT, 'otel-collector', file)
      mustRun(programPath(program), ['validate', `--config=${config}`], { env })
    })
  }

  it('would find a mistake', (t) => {
    const config = path.join(temporaryFolder(t), 'mistaken.yaml')
    writeFileSync(config, textOf('gateway.yaml').replace('decision_wait:', 'decision_weight:'))
    const { code, stderr } = runCommand(programPath('collector'), ['validate', `--config=${config}`])
    assert.notEqual(code, 0)
    assert.match(stderr, /decision_weight/)
  })
})

/** What the collector calls old: an alias of a component's name, or an option that goes away. */
const OLD_NAMES = /deprecat|alias|will be removed|renamed/i

describe('the start', () => {
  for (const file of [
    'development.yaml',
    'agent.yaml',
    'gateway.yaml',
    'scale-tier1.yaml',
    'scale-tier2.yaml',
  ] as const) {
    it(`with ${file} has no warning of old names`, async (t) => {
      // Nobody listens there: what is tried is the start.
      const collector = await startCollector(t, { config: file, env: { KAFKA_BROKER: '127.0.0.1:1' } })
      assert.match(collector.output, /Everything is ready/)
      assert.doesNotMatch(collector.output, OLD_NAMES)
    })
  }

  it('with scale-tier1-direct.yaml has no warning of old names', async (t) => {
    const collector = await startCollector(t, {
      config: 'scale-tier1-direct.yaml',
      env: { GATEWAY_HOSTNAME: 'localhost' },
    })
    assert.match(collector.output, /Everything is ready/)
    assert.doesNotMatch(collector.output, OLD_NAMES)
  })

  for (const file of ['jaeger.yaml', 'jaeger-badger.yaml'] as const) {
    it(`with ${file} has no warning of old names`, async (t) => {
      const jaeger = await startJaeger(t, { config: file })
      assert.match(jaeger.output, /Everything is ready/)
      assert.doesNotMatch(jaeger.output, OLD_NAMES)
    })
  }

  it('would show an old name', async (t) => {
    const config = path.join(temporaryFolder(t), 'old.yaml')
    writeFileSync(config, textOf('development.yaml').replaceAll('otlp_http', 'otlphttp'))
    const collector = await startCollector(t, { config })
    assert.match(collector.output, OLD_NAMES)
  })
})

describe('the collector that builder.yaml builds', () => {
  const { stdout } = mustRun(programPath('collector'), ['components'])
  const built = parse(stdout) as Readonly<Record<Section, readonly { readonly name: string }[]>>

  for (const section of SECTIONS) {
    it(`has the ${section} of the configurations, and no other`, () => {
      const used = new Set(COLLECTOR_FILES.flatMap((file) => [...typesIn(readCollectorFile(file), section)]))
      assert.deepEqual(built[section].map(({ name }) => name).toSorted(), [...used].sort())
    })
  }
})

function temporaryFolder(t: { after(fn: () => void): void }): string {
  const { folder, [Symbol.dispose]: remove } = createProject('collector-config')
  t.after(remove)
  return folder
}
