// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { JAEGER_PAGE_SOURCE, MANIFEST, PROGRAM_CACHE } from '../../test/real/programs.ts'
import { makeFolder } from './make-folder.ts'
import { runTool } from './run-tool.ts'

/** Static, small, and with two compilers at a time, which is what a runner with two cores and its memory can take. */
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-p=2 -buildvcs=false' }
const SMALL = ['-trimpath', '-ldflags=-s -w']

const JAEGER_MODULE = path.join(import.meta.dirname, 'jaeger')
const JAEGER_COMMAND = 'github.com/jaegertracing/jaeger/cmd/jaeger'

interface Manifest {
  readonly dist: { readonly name: string; readonly output_path: string }
  readonly receivers: readonly { readonly gomod: string }[]
}

/** Jaeger, by a tools module: `go install` refuses a module with a `replace`, as Jaeger's is. */
export function buildJaeger(folder: string): void {
  makeFolder(folder, (temporary) => {
    const output = path.join(temporary, 'bin/jaeger')
    runTool('go', ['build', ...SMALL, '-o', output, JAEGER_COMMAND], { cwd: JAEGER_MODULE, env: ENVIRONMENT })
  })
}

/** Jaeger's page, out of the Go module that has it embedded. */
export function writeJaegerPage(folder: string): void {
  makeFolder(folder, (temporary) => {
    runTool('go', ['run', '.', temporary], { cwd: JAEGER_PAGE_SOURCE, env: ENVIRONMENT })
  })
}

/** The collector, by the collector's own builder from the manifest that users get. */
export function buildCollector(folder: string): void {
  const builder = provideBuilder()
  const { dist } = readManifest()
  makeFolder(folder, (temporary) => {
    const manifest = path.join(temporary, 'builder.yaml')
    copyFileSync(MANIFEST, manifest)
    // Paths in the manifest are relative to the working directory.
    runTool(builder, ['--config', manifest, '--ldflags=-s -w'], { cwd: temporary, env: ENVIRONMENT })
    mkdirSync(path.join(temporary, 'bin'))
    const output = path.join(temporary, dist.output_path)
    renameSync(path.join(output, dist.name), path.join(temporary, 'bin/collector'))
    rmSync(output, { recursive: true })
  })
}

/** The builder of the version that the manifest's components have. */
function provideBuilder(): string {
  const version = builderVersion()
  const folder = path.join(PROGRAM_CACHE, `builder-${version}`)
  const builder = path.join(folder, 'bin/builder')
  try {
    readFileSync(builder)
  } catch {
    makeFolder(folder, (temporary) => {
      installGo(`go.opentelemetry.io/collector/cmd/builder@${version}`, path.join(temporary, 'bin'))
    })
  }
  return builder
}

function builderVersion(): string {
  const otlp = readManifest().receivers.find(({ gomod }) => gomod.startsWith('go.opentelemetry.io/collector/'))
  const version = otlp?.gomod.split(' ')[1]
  if (version === undefined) throw new Error(`${MANIFEST} names no receiver of the collector itself.`)
  return version
}

function readManifest(): Manifest {
  return parse(readFileSync(MANIFEST, 'utf8')) as Manifest
}

function installGo(module: string, GOBIN: string): void {
  mkdirSync(GOBIN, { recursive: true })
  runTool('go', ['install', ...SMALL, module], { env: { ...ENVIRONMENT, GOBIN } })
}
