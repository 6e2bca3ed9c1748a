// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { DEFAULT_RULES } from '../../src/correlation/decide.ts'
import {
  COLLECTOR_FILES,
  JAEGER_FILES,
  namedIn,
  readCollectorFile,
  SECTIONS,
  type Section,
  textOf,
  typesIn,
} from '../support/collector-files.ts'

/** The type of each Go package of a component, which the configurations call it by. The real test asks the built collector itself. */
const TYPES: Readonly<Record<string, string>> = {
  healthcheckextension: 'health_check',
  filestorage: 'file_storage',
  otlpreceiver: 'otlp',
  filelogreceiver: 'file_log',
  kafkareceiver: 'kafka',
  memorylimiterprocessor: 'memory_limiter',
  transformprocessor: 'transform',
  tailsamplingprocessor: 'tail_sampling',
  forwardconnector: 'forward',
  spanmetricsconnector: 'span_metrics',
  debugexporter: 'debug',
  otlphttpexporter: 'otlp_http',
  kafkaexporter: 'kafka',
  loadbalancingexporter: 'load_balancing',
}

type Manifest = Readonly<Record<Section, readonly { readonly gomod: string }[]>>
const manifest = parse(textOf('builder.yaml')) as Manifest
const configurations = COLLECTOR_FILES.map(readCollectorFile)

/** Exporters that hand on what must not be lost. */
interface Queued {
  readonly retry_on_failure?: { readonly max_elapsed_time?: number | string }
  readonly sending_queue?: { readonly storage?: string; readonly batch?: unknown }
}

describe('the configurations of the collector', () => {
  it('are those that the page names', () => {
    const expected = ['agent', 'development', 'gateway', 'scale-tier1-direct', 'scale-tier1', 'scale-tier2']
    assert.deepEqual(
      COLLECTOR_FILES,
      expected.map((name) => `${name}.yaml`),
    )
    assert.deepEqual(JAEGER_FILES, ['jaeger-badger.yaml', 'jaeger-opensearch.yaml', 'jaeger.yaml'])
    for (const file of [...COLLECTOR_FILES, ...JAEGER_FILES, 'builder.yaml']) {
      assert.ok(textOf('README.md').includes(`(${file})`), file)
    }
  })

  for (const file of [...COLLECTOR_FILES, ...JAEGER_FILES]) {
    it(`${file} has every component that it names, and no other`, () => {
      const configuration = readCollectorFile(file)
      for (const section of SECTIONS) {
        const there = Object.keys(configuration[section] ?? {}).sort()
        assert.deepEqual([...namedIn(configuration, section)].sort(), there, section)
      }
    })
  }

  for (const section of SECTIONS) {
    it(`use the ${section} of builder.yaml, all of them and no other`, () => {
      const built = manifest[section].map(({ gomod }) => TYPES[/([^/]+) v/.exec(gomod)?.[1] ?? ''])
      const used = new Set(configurations.flatMap((configuration) => [...typesIn(configuration, section)]))
      assert.deepEqual([...used].sort(), built.toSorted())
    })
  }

  it('are for one version of the collector', () => {
    const versions = SECTIONS.flatMap((section) => manifest[section].map(({ gomod }) => gomod.split(' ')[1]))
    const [, image] = /opentelemetry-collector-contrib:([\d.]+)/.exec(textOf('Dockerfile')) ?? []
    assert.deepEqual(new Set(versions), new Set([`v${image}`]))
    assert.ok(textOf('Dockerfile').includes(`/cmd/builder@v${image}`))
  })

  for (const file of COLLECTOR_FILES) {
    it(`${file} refuses before it keeps anything`, () => {
      for (const [name, { receivers, processors = [] }] of Object.entries(readCollectorFile(file).service.pipelines)) {
        const fromOutside = receivers.some((id) => /^(?:otlp|kafka|file_log)/.test(id))
        if (fromOutside) assert.equal(processors[0], 'memory_limiter', name)
      }
    })
  }

  for (const file of COLLECTOR_FILES.filter((each) => each !== 'development.yaml')) {
    it(`${file} queues on disk, in batches, and gives no trace and no log record up`, () => {
      const { exporters = {}, service } = readCollectorFile(file)
      for (const [id, exporter] of Object.entries(exporters)) {
        const { retry_on_failure, sending_queue } = exporter as Queued
        assert.equal(sending_queue?.storage, 'file_storage', id)
        // What is balanced goes out trace by trace; the collector behind makes the batches.
        if (id !== 'load_balancing') assert.ok(sending_queue?.batch, id)
        // The default drops after five minutes.
        assert.equal(retry_on_failure?.max_elapsed_time, id === 'otlp_http/metrics' ? '1h' : 0, id)
      }
      assert.ok(service.extensions.includes('file_storage'))
    })
  }
})

describe('the last gate', () => {
  const { pattern, maxLength } = DEFAULT_RULES.idRules
  const expected = pattern.source.replace(/\*\$$/, `{0,${maxLength - 1}}$`)
  const statements = (file: string) =>
    textOf(file)
      .split('\n')
      .filter((line) => line.includes('IsMatch('))

  for (const file of ['gateway.yaml', 'scale-tier1.yaml']) {
    it(`of ${file} has the pattern of the package, with its length`, () => {
      const patterns = statements(file).map((line) => /IsMatch\([^"]+"[^"]+"\], "([^"]+)"\)/.exec(line)?.[1])
      assert.equal(patterns.length, 8)
      assert.deepEqual(new Set(patterns), new Set([expected]))
    })
  }

  it('is the same in both', () => {
    const gateOf = (file: string) => readCollectorFile(file).processors?.['transform/gate']
    assert.ok(gateOf('gateway.yaml'))
    assert.deepEqual(gateOf('scale-tier1.yaml'), gateOf('gateway.yaml'))
  })

  it('stands in every pipeline that takes telemetry of services', () => {
    for (const file of ['gateway.yaml', 'scale-tier1.yaml']) {
      const pipelines = Object.entries(readCollectorFile(file).service.pipelines)
      for (const [name, { receivers, processors = [] }] of pipelines) {
        if (receivers.includes('otlp')) assert.ok(processors.includes('transform/gate'), `${file}: ${name}`)
      }
    }
  })
})

describe('sampling and span metrics', () => {
  const both = ['gateway.yaml', 'scale-tier2.yaml'].map(readCollectorFile)

  it('are the same in the gateway and in tier 2', () => {
    const [gateway, tier2] = both.map(({ processors = {}, connectors }) => ({
      sampling: processors['tail_sampling'],
      connectors,
    }))
    assert.ok(gateway?.sampling)
    assert.deepEqual(tier2, gateway)
  })

  it('have no dimension that is different for each request', () => {
    for (const { connectors = {} } of both) {
      const { dimensions } = connectors['span_metrics'] as { readonly dimensions: readonly { readonly name: string }[] }
      assert.deepEqual(
        dimensions.map(({ name }) => name),
        ['http.request.method', 'http.route', 'http.response.status_code'],
      )
    }
  })
})
