// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { parseDockerfile, runDockerfile } from '../../scripts/kubernetes/dockerfile.ts'
import { codeBlocks } from '../support/markdown.ts'
import { ROOT } from '../support/run-command.ts'

const FOLDER = path.join(ROOT, 'examples/kubernetes')
const read = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8')

/** The resources, as far as they are looked at here; the real test checks them against the schemas. */
interface Instrumentation {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly exporter: { readonly endpoint: string }
    readonly propagators: readonly string[]
    readonly nodejs: { readonly image: string; readonly resourceRequirements: Resources }
  }
}

interface Deployment {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels }
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations: Labels }
      readonly spec: {
        readonly securityContext: { readonly runAsNonRoot: boolean }
        readonly containers: readonly [Container]
      }
    }
  }
}

interface Service {
  readonly spec: { readonly selector: Labels; readonly ports: readonly [{ readonly targetPort: string }] }
}

interface Container {
  readonly name: string
  readonly ports: readonly [{ readonly name: string }]
  readonly resources: Resources
  readonly securityContext: object
}

type Labels = Readonly<Record<string, string>>
type Resources = Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>

function resourcesOf(file: string): readonly unknown[] {
  return parseAllDocuments(read(file)).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [])
    return document.toJS()
  })
}

const [instrumentation] = resourcesOf('instrumentation.yaml') as readonly [Instrumentation]
const [deployment, service] = resourcesOf('deployment.yaml') as readonly [Deployment, Service]
const { template, selector } = deployment.spec
const [container] = template.spec.containers
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'correlation-dockerfile-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the Dockerfile for the operator', () => {
  const instructions = parseDockerfile(read('Dockerfile'))

  it('has fixed versions, a numeric user that is not root, and the folder where the operator looks', () => {
    for (const { name, rest } of instructions)
      if (name === 'FROM') assert.match(rest, /^\w+:\d+\.\d+\.\d+(-slim)?( AS build)?$/)
    assert.deepEqual(instructions.at(-1), { name: 'USER', rest: '65534:65534' })
    assert.deepEqual(instructions.at(-2), { name: 'COPY', rest: '--from=build /build /autoinstrumentation' })
  })

  it('is not followed where it has what our runner does not know', (t) => {
    const run = (text: string) => runDockerfile(parseDockerfile(text), FOLDER, temporaryFolder(t))
    assert.throws(() => run('FROM a\nADD package.json ./\n'), /the instruction ADD/)
    assert.throws(() => run('FROM a\nRUN true && \\\n  true\n'), /not understood/)
    assert.throws(() => run('FROM a\nCOPY nothing.json ./\n'), /finds no nothing\.json/)
    assert.throws(() => run('FROM a\nCOPY --from=nobody /a /b\n'), /the stage nobody/)
    assert.throws(() => run('FROM a\nRUN exit 3\n'), /ended with 3/)
  })
})

describe('the resources for Kubernetes', () => {
  it('belong together', () => {
    const prefix = 'instrumentation.opentelemetry.io'
    assert.equal(instrumentation.kind, 'Instrumentation')
    assert.deepEqual(template.metadata.annotations, {
      [`${prefix}/inject-nodejs`]: instrumentation.metadata.name,
      [`${prefix}/nodejs-container-names`]: container.name,
    })
    assert.deepEqual(selector.matchLabels, template.metadata.labels)
    assert.deepEqual(service.spec.selector, template.metadata.labels)
    assert.equal(service.spec.ports[0].targetPort, container.ports[0].name)
  })

  it('name the version of this package, as the README does', () => {
    const image = `registry.example/correlation-autoinstrumentation:${version}`
    assert.equal(instrumentation.spec.nodejs.image, image)
    const commands = codeBlocks(read('README.md'))[0]?.code ?? ''
    assert.ok(commands.includes(`docker build --tag ${image} `) && commands.includes(`docker push ${image}\n`))
  })

  it('send to the port of OTLP over HTTP, with baggage among what travels', () => {
    assert.equal(new URL(instrumentation.spec.exporter.endpoint).port, '4318')
    assert.deepEqual(instrumentation.spec.propagators, ['tracecontext', 'baggage'])
  })

  it('run the service without any privilege', () => {
    assert.equal(template.spec.securityContext.runAsNonRoot, true)
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    })
    for (const { requests, limits } of [container.resources, instrumentation.spec.nodejs.resourceRequirements]) {
      assert.ok(requests['cpu'] && requests['memory'] && limits['memory'])
    }
  })
})
