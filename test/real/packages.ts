// SPDX-License-Identifier: Apache-2.0
import { cpSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** What `npm run test:real` installs, each into a directory of its own under `.cache/real/`. */
export const INSTALLS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'otel-3': {
    '@opentelemetry/api': '1.10.0',
    '@opentelemetry/auto-instrumentations-node': '0.82.0',
    '@opentelemetry/sdk-node': '0.301.0',
  },
  'otel-2': { '@opentelemetry/api': '1.9.1', '@opentelemetry/auto-instrumentations-node': '0.81.2' },
  'sentry-10': { '@sentry/node': '^10' },
  'sentry-11': { '@sentry/node': '^11' },
  elastic: { '@elastic/opentelemetry-node': '1.18.0' },
}

/** The Node versions the preload is tried on, beside the runner's own: the oldest, and the newest of the others. */
export const NODES: readonly string[] = ['22.15.0', '22', '26']

/** One that is too old, as services in a cluster have it: there the preload must do no harm. */
export const OLD_NODE = '20'

const CACHE = path.join(import.meta.dirname, '../../.cache/real')

/** The directory of an install. */
export const installOf = (name: string): string => path.join(CACHE, name)

/** A fixture, copied to where the packages of an install are found. */
export function fixtureIn(name: string, fixture: string): string {
  const from = path.join(import.meta.dirname, '../fixtures/other-sdk')
  for (const file of readdirSync(from)) cpSync(path.join(from, file), path.join(installOf(name), file))
  return path.join(installOf(name), fixture)
}

/** The binary of a Node version. */
export const nodeOf = (version: string): string =>
  path.join(installOf(`node-${version}`), 'node_modules', NODE_PACKAGE, 'bin/node')

/** The package on npm that holds the binary of a Node version for this machine. */
export const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
