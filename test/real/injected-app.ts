// SPDX-License-Identifier: Apache-2.0
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { parse } from 'yaml'
import type { OtlpSink } from '../support/otlp-sink.ts'
import { NPM } from '../support/package-managers.ts'
import { createProject, type Project } from '../support/packed.ts'
import { type App, runApp } from '../support/run-app.ts'
import { mustRun, ROOT } from '../support/run-command.ts'
import { nodeOf, OLD_NODE } from './packages.ts'

export const KUBERNETES_FOLDER = path.join(ROOT, 'examples/kubernetes')

/** Any user, as clusters choose it; only root can become another one. */
export const OTHER_USER = process.getuid?.() === 0 ? 65534 : undefined

/** What the operator's init container and the service's container have of the pod. */
export interface Pod extends Disposable {
  /** The mounted volume. */
  readonly volume: string
  /** Where the service's files are. */
  readonly service: string
  /** A Node.js that every user may run. */
  readonly node: string
  readonly oldNode: string
}

interface Instrumentation {
  readonly spec: {
    readonly propagators: readonly string[]
    readonly nodejs: { readonly env: readonly { readonly name: string; readonly value: string }[] }
  }
}

/** Makes the folder by the Dockerfile, copies it as the operator does, and takes the original away. */
export function createPod(): Pod {
  const project = createProject('pod')
  const { folder } = project
  chmodSync(folder, 0o755)
  const image = path.join(folder, 'autoinstrumentation')
  const build = ['scripts/kubernetes-folder.ts', image]
  mustRun(process.execPath, build, { timeoutMs: 300_000 })
  const volume = path.join(folder, 'otel-auto-instrumentation-nodejs')
  mkdirSync(volume)
  mustRun('cp', ['-r', `${image}/.`, volume])
  rmSync(image, { recursive: true })
  return { volume, ...createService(project), [Symbol.dispose]: project[Symbol.dispose] }
}

/** The clone may be in a folder that only its owner may read, so the service and its Node.js are beside the volume. */
function createService({ folder }: Project): Pick<Pod, 'service' | 'node' | 'oldNode'> {
  const service = path.join(folder, 'app')
  mkdirSync(service)
  NPM.prepare(service)
  const { code, stderr } = NPM.add(service, ['express@5.3.0', 'winston@3.19.0'])
  if (code !== 0) throw new Error(`npm could not install what the service needs:\n${stderr}`)
  for (const file of ['express5.cjs', 'express5.mjs']) {
    copyFileSync(path.join(ROOT, 'test/fixtures', file), path.join(service, file))
  }
  mustRun('chmod', ['-R', 'a+rX', service])
  const [node, oldNode] = [path.join(folder, 'node'), path.join(folder, 'old-node')]
  copyFileSync(process.execPath, node)
  copyFileSync(nodeOf(OLD_NODE), oldNode)
  return { service, node, oldNode }
}

interface Options {
  readonly file: string
  readonly sink: OtlpSink
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly node?: string
  /** Arguments of Node.js. */
  readonly nodeArgs?: readonly string[]
  readonly volume?: string
}

/** Starts a service as a pod has it after the operator: by its environment alone, as another user, in the root folder. */
export function startInjected(t: TestContext, pod: Pod, options: Options): Promise<App> {
  const { file, sink, env, node = pod.node, nodeArgs = [], volume = pod.volume } = options
  const as =
    OTHER_USER === undefined ? [] : ['setpriv', `--reuid=${OTHER_USER}`, `--regid=${OTHER_USER}`, '--clear-groups']
  const [program = node, ...rest] = [...as, node, ...nodeArgs]
  if (OTHER_USER === undefined) t.diagnostic('Not as another user: only root can become one.')
  return runApp({
    program,
    nodeArgs: rest,
    fixture: path.join(pod.service, file),
    cwd: '/',
    sink,
    env: { ...operatorEnvironment(volume), ...env },
    t,
  })
}

/** What the operator adds for our Instrumentation; the collector's address is the sink's. */
function operatorEnvironment(volume: string): Readonly<Record<string, string>> {
  const { spec } = parse(readFileSync(path.join(KUBERNETES_FOLDER, 'instrumentation.yaml'), 'utf8')) as Instrumentation
  return {
    ...Object.fromEntries(spec.nodejs.env.map(({ name, value }) => [name, value])),
    // Appended to what is there, hence the space.
    NODE_OPTIONS: ` --require ${volume}/autoinstrumentation.js`,
    OTEL_SERVICE_NAME: 'shop',
    OTEL_PROPAGATORS: spec.propagators.join(','),
    OTEL_RESOURCE_ATTRIBUTES_POD_NAME: 'shop-1',
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.container.name=shop,k8s.namespace.name=default,k8s.pod.name=shop-1',
  }
}
