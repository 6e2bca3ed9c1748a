// SPDX-License-Identifier: Apache-2.0
import { arch, hostname } from 'node:os'
import path from 'node:path'
import { diag } from '@opentelemetry/api'
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import { listOf, type OtelEnv } from './otel-env.ts'

/**
 * The upstream host detector without `host.id`, which reads a file or starts a program, and whose promise would make the
 * spans of a process that exits at once unsendable.
 */
const hostNameDetector: ResourceDetector = {
  detect: () => ({ attributes: { 'host.name': hostname(), 'host.arch': ARCHITECTURES[arch()] ?? arch() } }),
}

/** The values of https://opentelemetry.io/docs/specs/semconv/resource/host/. */
const ARCHITECTURES: Readonly<Record<string, string>> = { arm: 'arm32', ppc: 'ppc32', x64: 'amd64' }

/** The upstream process detector, which would tell of `correlation run` what another command was called with: that may hold secrets. */
const discreetProcessDetector: ResourceDetector = {
  detect(config) {
    const detected = processDetector.detect(config)
    if (isOwnRun(process.argv)) delete detected.attributes?.['process.command_args']
    return detected
  },
}

/** By name: `NODE_OPTIONS` starts the preload before the bin could put the arguments away. */
function isOwnRun([, script = '', command]: readonly string[]): boolean {
  return command === 'run' && /^(?:correlation|cli\.cjs)$/.test(path.basename(script))
}

const DETECTORS: ReadonlyMap<string, ResourceDetector> = new Map([
  ['env', envDetector],
  ['host', hostDetector],
  ['os', osDetector],
  ['process', discreetProcessDetector],
  ['serviceinstance', serviceInstanceIdDetector],
])

/** Makes the resource. Detectors that look for a cloud wait for the network where there is none; they are not here. */
export function createResource(env: OtelEnv): Resource {
  const resource = defaultResource().merge(detectResources({ detectors: detectorsOf(env) }))
  // `OTEL_SERVICE_NAME` wins over `OTEL_RESOURCE_ATTRIBUTES`, says the specification; the env detector sees to that.
  return resource.merge(resourceFromAttributes({ 'telemetry.distro.name': '@org/correlation' }))
}

function detectorsOf(env: OtelEnv): ResourceDetector[] {
  const names = listOf(env, 'OTEL_NODE_RESOURCE_DETECTORS')
  if (names === undefined) return [envDetector, discreetProcessDetector, hostNameDetector]
  if (names.includes('none')) return []
  if (names.includes('all')) return [...DETECTORS.values()]
  const detectors: ResourceDetector[] = []
  for (const name of names) {
    const detector = DETECTORS.get(name)
    if (detector !== undefined) detectors.push(detector)
    else {
      diag.warn(
        `OTEL_NODE_RESOURCE_DETECTORS names a detector that is not available here; it is skipped. Available: ${[...DETECTORS.keys()].join(', ')}, all, none.`,
      )
    }
  }
  return detectors
}
