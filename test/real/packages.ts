// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const WINSTON = { winston: '3.19.0' } as const

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
  'bullmq-5': { bullmq: '5.81.5', ioredis: '5.11.1', 'bullmq-otel': '1.3.1', ...WINSTON },
  'bullmq-6': { bullmq: '6.7.0', ioredis: '5.11.1', 'bullmq-otel': '2.0.1', ...WINSTON },
  'amqplib-0.10': { amqplib: '0.10.9', ...WINSTON },
  'amqplib-2': { amqplib: '2.3.1', ...WINSTON },
  'amqplib-otel': {
    amqplib: '2.3.1',
    '@opentelemetry/api': '1.10.0',
    '@opentelemetry/instrumentation': '0.300.0',
    '@opentelemetry/instrumentation-amqplib': '0.71.0',
    '@opentelemetry/sdk-node': '0.300.0',
    ...WINSTON,
  },
  'kafkajs-2': { kafkajs: '2.2.4', ...WINSTON },
  'kafkajs-otel': {
    kafkajs: '2.2.4',
    '@opentelemetry/api': '1.10.0',
    '@opentelemetry/instrumentation': '0.300.0',
    '@opentelemetry/instrumentation-kafkajs': '0.33.0',
    '@opentelemetry/sdk-node': '0.301.0',
    ...WINSTON,
  },
  schedules: { 'node-cron': '4.6.0', cron: '4.4.0', 'node-schedule': '2.1.1', ...WINSTON },
  'node-cron-4.2': { 'node-cron': '4.2.1', ...WINSTON },
  'node-cron-3': { 'node-cron': '3.0.3', ...WINSTON },
  threads: { piscina: '5.3.2', ...WINSTON },
  clients: {
    pg: '8.23.1',
    mysql2: '3.24.6',
    ioredis: '6.0.0',
    redis: '6.3.1',
    'generic-pool': '3.9.0',
    'p-queue': '10.0.0',
    dataloader: '2.2.3',
    'pg-cursor': '2.22.0',
    'pg-query-stream': '4.17.0',
    ...WINSTON,
  },
  'clients-older': {
    pg: '8.11.3',
    'pg-cursor': '2.10.3',
    'pg-query-stream': '4.5.3',
    mysql2: '3.6.5',
    ioredis: '5.11.1',
    redis: '5.8.0',
    'p-queue': '8.1.0',
    ...WINSTON,
  },
  'p-queue-6': { 'p-queue': '6.6.2', ...WINSTON },
}

/** The Node versions the preload is tried on, beside the runner's own: the oldest, and the newest of the others. */
export const NODES: readonly string[] = ['22.15.0', '22', '26']

/** One that is too old, as services in a cluster have it: there the preload must do no harm. */
export const OLD_NODE = '20'

const CACHE = path.join(import.meta.dirname, '../../.cache/real')

/** The directory of an install. */
export const installOf = (name: string): string => path.join(CACHE, name)

/** A fixture, copied with its neighbours to where the packages of an install are found. */
export function fixtureIn(name: string, fixture: string, folder = 'other-sdk'): string {
  const from = path.join(import.meta.dirname, '../fixtures', folder)
  for (const file of readdirSync(from)) copyOnce(path.join(from, file), path.join(installOf(name), file))
  return path.join(installOf(name), fixture)
}

/** An app of another test may be reading the file: it finds a whole one. */
function copyOnce(from: string, to: string): void {
  const bytes = readFileSync(from)
  if (existsSync(to) && readFileSync(to).equals(bytes)) return
  const next = `${to}.${process.pid}`
  writeFileSync(next, bytes)
  renameSync(next, to)
}

/** The binary of a Node version. */
export const nodeOf = (version: string): string =>
  path.join(installOf(`node-${version}`), 'node_modules', NODE_PACKAGE, 'bin/node')

/** The package on npm that holds the binary of a Node version for this machine. */
export const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
