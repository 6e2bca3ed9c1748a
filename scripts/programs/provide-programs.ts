// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { DEBIAN, expectedPath, PROGRAMS, type Program, programFolder, programPath } from '../../test/real/programs.ts'
import { installDebianPackages } from './debian-packages.ts'
import { installEnvoy } from './envoy.ts'
import { buildCollector, buildJaeger, writeJaegerPage } from './go-programs.ts'
import { fetchKafka } from './kafka.ts'
import { createVirtualEnvironment } from './virtual-environment.ts'

interface Stage {
  readonly name: string
  readonly programs: readonly Program[]
  /** Makes those of its programs that are missing. */
  readonly provide: (missing: readonly Program[]) => void
}

const fromDebian = PROGRAMS.filter((program) => DEBIAN[program] !== undefined)

const STAGES: readonly Stage[] = [
  {
    name: "Debian's packages",
    programs: fromDebian,
    provide: (missing) =>
      installDebianPackages([...new Set(missing.map((program) => DEBIAN[program]?.package ?? program))]),
  },
  {
    name: 'the virtual environment',
    programs: ['python'],
    provide: () => createVirtualEnvironment(programFolder('python')),
  },
  { name: 'Envoy', programs: ['envoy'], provide: () => installEnvoy(programFolder('envoy'), programPath('python')) },
  { name: 'Kafka', programs: ['kafka'], provide: () => fetchKafka(programFolder('kafka')) },
  { name: 'the collector', programs: ['collector'], provide: () => buildCollector(programFolder('collector')) },
  { name: 'Jaeger', programs: ['jaeger'], provide: () => buildJaeger(programFolder('jaeger')) },
  { name: "Jaeger's page", programs: ['jaeger-page'], provide: () => writeJaegerPage(programFolder('jaeger-page')) },
]

/** Provides every real program that is not there yet, and prints how long each took; throws with the names of those it could not. */
export function providePrograms(): void {
  const failures = STAGES.flatMap(runStage)
  if (failures.length > 0) throw new Error(`Not everything could be provided.\n${failures.join('\n')}`)
}

/** What could not be provided, in a sentence each. */
function runStage({ name, programs, provide }: Stage): readonly string[] {
  const missing = programs.filter(isMissing)
  if (missing.length === 0) {
    console.log(`${name}: there (${programs.join(', ')})`)
    return []
  }
  console.log(`${name}: providing ${missing.join(', ')} …`)
  const start = performance.now()
  let why = ''
  try {
    provide(missing)
  } catch (error) {
    why = `: ${(error as Error).message}`
  }
  console.log(`${name}: ${Math.round((performance.now() - start) / 1000)} s`)
  const still = missing.filter(isMissing)
  return still.length === 0 ? [] : [`${still.join(', ')} could not be provided${why || '.'}`]
}

function isMissing(program: Program): boolean {
  try {
    return !existsSync(expectedPath(program))
  } catch {
    // What the program is made of is not there either.
    return true
  }
}
