// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { parse } from 'yaml'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { createProject } from '../support/packed.ts'
import { runApp } from '../support/run-app.ts'
import { mustRun, ROOT, runCommand } from '../support/run-command.ts'
import { startProgram } from '../support/start-program.ts'
import { programPath } from './programs.ts'

const RULES = path.join(ROOT, 'otel-collector/prometheus-rules.yaml')
const CASES = readFileSync(path.join(import.meta.dirname, 'prometheus-rules.test.yaml'), 'utf8')

const project = createProject('prometheus')
after(() => project[Symbol.dispose]())

/** Puts the cases where promtool can read them, for rules that may differ from ours. */
function caseFile(rules: string): string {
  const file = path.join(project.folder, `${path.basename(rules, '.yaml')}.test.yaml`)
  writeFileSync(file, CASES.replace('[RULES]', `[${rules}]`))
  return file
}

describe('the rules for Prometheus', () => {
  it('are accepted by promtool', () => {
    const { stdout } = mustRun(programPath('promtool'), ['check', 'rules', RULES])
    assert.match(stdout, /SUCCESS: \d+ rules found/)
  })

  it('have a case for each alert', () => {
    const { groups } = parse(readFileSync(RULES, 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly alert?: string }[] }[]
    }
    const alerts = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []))
    const raised = [...CASES.matchAll(/alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:/g)].map(([, name]) => name)
    assert.deepEqual(raised.toSorted(), alerts.toSorted())
  })

  it('raise each alert when they should, and not before', () => {
    const { stdout } = mustRun(programPath('promtool'), ['test', 'rules', caseFile(RULES)])
    assert.match(stdout, /SUCCESS/)
  })

  it('would be found out', () => {
    const wrong = path.join(project.folder, 'wrong.yaml')
    writeFileSync(wrong, readFileSync(RULES, 'utf8').replace('> 0.05', '> 0.5'))
    const { code, stdout, stderr } = runCommand(programPath('promtool'), ['test', 'rules', caseFile(wrong)])
    assert.notEqual(code, 0)
    const failed = new Set(`${stdout}${stderr}`.match(/alertname: \w+/g))
    assert.deepEqual(failed, new Set(['alertname: CorrelationIdMissing']))
  })

  it('find what an app counts, in a real Prometheus', async (t) => {
    const [metricsPort = 0, port = 0] = await freePorts(2)
    const env = {
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: `${metricsPort}`,
      OTEL_TRACES_EXPORTER: 'none',
    }
    const app = await runApp({ fixture: 'express5.mjs', env, t })
    const scrape = {
      job_name: 'pricing',
      scrape_interval: '1s',
      static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }],
    }
    const config = path.join(project.folder, 'prometheus.yml')
    const global = { evaluation_interval: '1s' }
    writeFileSync(config, JSON.stringify({ global, rule_files: [RULES], scrape_configs: [scrape] }))
    await startProgram(t, {
      name: 'Prometheus',
      path: programPath('prometheus'),
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${project.folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: {},
      readyUrl: `http://127.0.0.1:${port}/-/ready`,
    })
    const share = async () => {
      await app.request('/')
      const query =
        'job_reason:correlation_requests:rate5m{correlation_reason="missing"} / on (job) group_left () job:correlation_requests:rate5m'
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query })}`)
      const { data } = (await answer.json()) as {
        readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] }
      }
      return data.result.map(({ value }) => Number(value[1]))
    }
    assert.deepEqual(await eventually(share, (all) => all.length > 0), [1])
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/rules?type=alert`)
    const { data } = (await answer.json()) as {
      readonly data: {
        readonly groups: readonly { readonly rules: readonly { readonly health: string; readonly name: string }[] }[]
      }
    }
    for (const { name, health } of data.groups.flatMap(({ rules }) => rules)) assert.equal(health, 'ok', name)
  })
})
