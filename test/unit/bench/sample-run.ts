// SPDX-License-Identifier: Apache-2.0
import type { Job } from '../../../bench/measure/job.ts'
import type { Sample } from '../../../bench/ratio.ts'
import type { Run } from '../../../bench/run.ts'

/** Two equal rounds of values, by variant. */
export const samples = (values: Readonly<Record<string, number>>): readonly Sample[] =>
  [0, 1].flatMap((round) => Object.entries(values).map(([variant, value]) => ({ variant, round, value })))

const job: Job = {
  variant: 'ours',
  format: 'cjs',
  log: 'correlation ID',
  response: 'correlation ID',
  downstream: 'correlation ID',
  route: true,
  spansPerRequest: 2,
  bytesPerRequest: 915,
  outside: [],
}
const cost = samples({ none: 100, 'none-again': 101, stock: 300, ours: 150 })
const heap = (mib: number) => ({
  rss: cost,
  loaded: cost,
  heap: samples({ none: 8, 'none-again': 8.5, stock: 20, ours: mib }),
})

/** A run with something in every part. */
export const RUN: Run = {
  date: '2026-01-02T03:04:05.678Z',
  command: 'npm run bench -- --write',
  quick: false,
  machine: { cores: 2, architecture: 'x64', system: 'Linux', memoryGib: 8, node: 'v24.0.0', onOneCore: true },
  versions: { express: '5.3.0' },
  missing: { dash0: 'it does not start' },
  job: [
    job,
    { ...job, format: 'esm' },
    { ...job, variant: 'stock', log: 'trace ID', response: 'no', downstream: 'trace ID' },
  ],
  start: { cpu: cost, wall: cost, rss: cost, exported: [] },
  operatorStart: { cpu: cost, wall: cost, rss: cost, exported: [] },
  exportedStart: { cpu: cost, wall: cost, rss: cost, exported: cost },
  requests: {
    cjs: {
      routes: { plain: cost, http: cost },
      cold: samples({ none: 400, 'none-again': 400, stock: 1_200, ours: 600 }),
    },
    esm: { routes: { plain: cost }, cold: [] },
  },
  memory: { '0': heap(9), '20000': heap(10), '60000': heap(13) },
  latency: { p50: cost, p99: cost },
  disk: [
    { variant: 'none', mib: 10, packages: 90, duplicates: [], versions: {} },
    {
      variant: 'stock',
      mib: 110,
      packages: 300,
      duplicates: [{ name: '@opentelemetry/core', copies: 14 }],
      versions: {},
    },
    { variant: 'ours', mib: 50, packages: 160, duplicates: [], versions: {} },
  ],
  scale: { connections: { '10': cost, '100': cost, '1000': cost }, logs: { '2': cost, '10': cost, '50': cost } },
  cluster: [{ variant: 'ours', requests: 100, serverSpans: 99, linesWithId: 198, ids: 100 }],
  parts: samples({ none: 25, 'none-again': 26, 'ours-correlation-only': 29 }),
  instructions: { cjs: { plain: samples({ none: 250_000, 'none-again': 251_000, stock: 850_000, ours: 400_000 }) } },
  soak: {
    variant: 'ours',
    marks: [10, 20, 20, 20, 20, 20, 23, 23].map((mib, minute) => ({
      minute,
      requests: minute * 1_000,
      cpuMicros: 0,
      rssBytes: 2 ** 27,
      heapBytes: mib * 2 ** 20,
    })),
    said: [{ line: '3 spans were dropped', times: 1 }],
  },
}
