// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './run-command.ts'

/** Where the components of a collector are named. */
export const SECTIONS = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'] as const
export type Section = (typeof SECTIONS)[number]

export type Component = Readonly<Record<string, unknown>>

interface Pipeline {
  readonly receivers: readonly string[]
  readonly processors?: readonly string[]
  readonly exporters: readonly string[]
}

/** A configuration of the collector, or of Jaeger, which is one. */
export type CollectorFile = Readonly<Partial<Record<Section, Readonly<Record<string, Component | null>>>>> & {
  readonly service: {
    readonly extensions: readonly string[]
    readonly pipelines: Readonly<Record<string, Pipeline>>
  }
}

const FOLDER = 'otel-collector'
const all = globSync('*.yaml', { cwd: path.join(ROOT, FOLDER) }).sort()
// What else is there has no service.
const configurations = all.filter((file) => /^service:$/m.test(textOf(file)))

/** The configurations in `otel-collector/` by the program that they are for. */
export const COLLECTOR_FILES: readonly string[] = configurations.filter((file) => !file.startsWith('jaeger'))
export const JAEGER_FILES: readonly string[] = configurations.filter((file) => file.startsWith('jaeger'))

/** The text of a file in `otel-collector/`. */
export function textOf(file: string): string {
  return readFileSync(path.join(ROOT, FOLDER, file), 'utf8')
}

export function readCollectorFile(file: string): CollectorFile {
  return parse(textOf(file)) as CollectorFile
}

/** The types of components that a configuration has in a section: `otlp_http` of `otlp_http/jaeger`. */
export function typesIn(file: CollectorFile, section: Section): ReadonlySet<string> {
  return new Set(Object.keys(file[section] ?? {}).map((id) => id.split('/')[0] ?? ''))
}

/** What the pipelines and the list of extensions name in a section. */
export function namedIn({ service, connectors = {} }: CollectorFile, section: Section): ReadonlySet<string> {
  const pipelines = Object.values(service.pipelines)
  const isConnector = (id: string) => id in connectors
  const ends = pipelines.flatMap(({ receivers, exporters }) => [...receivers, ...exporters])
  switch (section) {
    case 'extensions':
      return new Set(service.extensions)
    case 'processors':
      return new Set(pipelines.flatMap(({ processors = [] }) => processors))
    case 'connectors':
      return new Set(ends.filter(isConnector))
    default:
      return new Set(pipelines.flatMap((pipeline) => pipeline[section]).filter((id) => !isConnector(id)))
  }
}
