// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { anchorsOf, codeBlocks, linksOf } from '../support/markdown.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'otel-collector/README.md',
  'examples/proxies/README.md',
] as const
const CONFIGURATIONS = ['docker-compose.yml', 'otel-collector/collector.yaml'] as const

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly image: string; readonly ports: readonly string[]; readonly volumes?: readonly string[] }>
  >
}

interface Pipeline {
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

interface Collector {
  readonly receivers: { readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> } }
  readonly processors: Readonly<Record<string, unknown>>
  readonly exporters: Readonly<Record<string, { readonly endpoint?: string }>>
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> }
}

/** Links that lead to no file, or to no heading of it. */
function brokenLinks(page: string, markdown: string): readonly string[] {
  return linksOf(markdown).filter((link) => {
    if (/^https?:/.test(link)) return !URL.canParse(link)
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), file)
    if (!existsSync(target)) return true
    if (anchor === undefined) return false
    return !anchorsOf(file === '' ? markdown : readFileSync(target, 'utf8')).has(anchor)
  })
}

/** Folders of somebody's machine; `/app` and the like of containers are examples. */
function machinePaths(text: string): readonly string[] {
  return text.match(/(?<![\w.])(?:\/(?:home|Users|root|tmp|work|var\/folders)\/|[A-Z]:\\)\S*/g) ?? []
}

describe('the pages', () => {
  for (const page of PAGES) {
    it(`${page} has links that lead somewhere`, () => {
      assert.deepEqual(brokenLinks(page, read(page)), [])
    })

    it(`${page} names only scripts that exist`, () => {
      const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
      const named = [...read(page).matchAll(/\bnpm run ([a-z:-]+[a-z])/g)].map(([, name = '']) => name)
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      )
    })
  }

  for (const file of [...PAGES, ...CONFIGURATIONS]) {
    it(`${file} has no path of a machine`, () => {
      assert.deepEqual(machinePaths(read(file)), [])
    })
  }

  it('would be found out', () => {
    const page = '[a](README.md) [b](no.md) [c](#here) [d](#there) [e](README.md#limits) [f](README.md#no)\n\n## Here\n'
    assert.deepEqual(brokenLinks('CHANGELOG.md', page), ['no.md', '#there', 'README.md#no'])
    assert.deepEqual(machinePaths('see /home/me/app and /app/node_modules'), ['/home/me/app'])
  })
})

describe('the collector and Jaeger', () => {
  const compose = parse(read('docker-compose.yml')) as Compose
  const collector = parse(read('otel-collector/collector.yaml')) as Collector
  const { receivers, processors, exporters, service } = collector

  it('have every component that a pipeline names, and no other', () => {
    const pipelines = Object.values(service.pipelines)
    assert.deepEqual(Object.keys(service.pipelines).sort(), ['logs', 'metrics', 'traces'])
    const sections = { receivers, processors, exporters }
    for (const [section, components] of Object.entries(sections)) {
      const named = new Set(pipelines.flatMap((pipeline) => pipeline[section as keyof Pipeline]))
      assert.deepEqual([...named].sort(), Object.keys(components).sort(), section)
    }
    for (const pipeline of pipelines) assert.equal(pipeline.processors[0], 'memory_limiter')
  })

  it('speak to each other by the names and ports of the containers', () => {
    const { host, hostname, port } = new URL(exporters['otlp_http/jaeger']?.endpoint ?? '')
    assert.ok(compose.services[hostname], host)
    assert.equal(port, '4318')
    const published = (name: string) => compose.services[name]?.ports.map((each) => each.split(':').at(-1)).sort()
    const endpoints = Object.values(receivers.otlp.protocols).map(({ endpoint }) => endpoint.split(':').at(-1))
    assert.deepEqual(published('otel-collector'), endpoints.sort())
    assert.deepEqual(published('jaeger'), ['16686'])
    const [source = ''] = compose.services['otel-collector']?.volumes?.[0]?.split(':') ?? []
    assert.ok(existsSync(path.join(ROOT, source)), source)
  })

  it('are reached from this machine only', () => {
    for (const { ports } of Object.values(compose.services)) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/)
    }
  })

  it('are described as they are, with fixed versions', () => {
    const page = read('otel-collector/README.md')
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| `([^`]+)` \| ([\d, ]+) \|/gm)]
    const described = rows.map(([, name, image, ports = '']) => [name, image, ports.split(', ').sort()])
    const actual = Object.entries(compose.services).map(([name, { image, ports }]) => {
      return [name, image, ports.map((port) => port.split(':').at(-1) ?? '').sort()]
    })
    assert.deepEqual(described, actual)
    for (const { image } of Object.values(compose.services)) assert.match(image, /:\d+\.\d+\.\d+$/)
  })
})

describe("the README's containers", () => {
  const blocks = codeBlocks(read('README.md'))
  const dockerfile = blocks.find(({ language }) => language === 'dockerfile')?.code ?? ''
  const environment = (
    parse(blocks.find(({ language }) => language === 'yaml')?.code ?? '') as {
      readonly env: readonly { readonly name: string; readonly value: string }[]
    }
  ).env
  const value = (name: string) => environment.find((entry) => entry.name === name)?.value

  it('set NODE_OPTIONS to the same absolute path, after npm has run', () => {
    const [, inDocker = ''] = /^ENV NODE_OPTIONS="([^"]*)"$/m.exec(dockerfile) ?? []
    assert.match(inDocker, /^--require \/\S+\/node_modules\/@org\/correlation\/register\.cjs$/)
    assert.ok(existsSync(path.join(ROOT, 'register.cjs')))
    assert.equal(value('NODE_OPTIONS'), inDocker)
    assert.ok(dockerfile.indexOf('ENV NODE_OPTIONS') > dockerfile.indexOf('RUN npm'))
  })

  it('send to the port of OTLP over HTTP', () => {
    assert.equal(new URL(value('OTEL_EXPORTER_OTLP_ENDPOINT') ?? '').port, '4318')
  })
})
