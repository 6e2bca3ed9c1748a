// SPDX-License-Identifier: Apache-2.0
import type { Program } from './programs.ts'

/** What a proxy's access log says of a request, whatever it calls it. */
export interface AccessEntry {
  /** Empty where the request had none. */
  readonly id: string
  /** Empty where the client sent no `traceparent`. */
  readonly traceId: string
  readonly method: string
  readonly uri: string
  readonly status: number
  readonly seconds: number
  readonly time: Date
}

/** Where a proxy is to listen and to forward, and a folder of its own. */
export interface ProxyPlace {
  readonly port: number
  readonly upstreamPort: number
  readonly folder: string
}

/** One of the programs in `examples/proxies/`. */
export interface ProxyProgram {
  readonly name: Program & ('nginx' | 'haproxy' | 'caddy' | 'envoy')
  /** The file that users get. */
  readonly file: string
  /** Addresses that are text of the file, and must be changed there; the others are variables of the environment. */
  readonly replacements: (place: ProxyPlace) => readonly (readonly [documented: string, here: string])[]
  readonly env: (place: ProxyPlace) => Readonly<Record<string, string>>
  /** Runs in the foreground. */
  readonly runArgs: (file: string) => readonly string[]
  /** Any user may start it with this file, so where the tests are run by root, nobody does. */
  readonly byNobody: boolean
  /** Looks at the file and ends. */
  readonly checkArgs: (file: string) => readonly string[]
  /** A file in the folder, or undefined for standard output. */
  readonly accessLog: string | undefined
  /** Undefined for a line that is not about a request. */
  readonly entryOf: (line: Readonly<Record<string, unknown>>) => AccessEntry | undefined
  /** What a client gets when the app is gone. */
  readonly deadStatus: 502 | 503
  /** Takes out what accepts the client's ID, as the file says. */
  readonly acceptRule: RegExp
}

const environment = ({ port, upstreamPort }: ProxyPlace) => ({
  PROXY_HOST: '127.0.0.1',
  PROXY_PORT: String(port),
  UPSTREAM: `127.0.0.1:${upstreamPort}`,
})

export const PROXIES: readonly ProxyProgram[] = [
  {
    name: 'nginx',
    file: 'examples/proxies/nginx.conf',
    replacements: ({ port, upstreamPort, folder }) => [
      ['listen 8080;', `listen 127.0.0.1:${port};`],
      ['server shop:3000;', `server 127.0.0.1:${upstreamPort};`],
      ['/var/log/nginx/access.json', `${folder}/access.json`],
      ['/tmp/nginx', `${folder}/nginx`],
    ],
    env: () => ({}),
    runArgs: (file) => ['-e', 'stderr', '-c', file, '-g', 'daemon off;'],
    checkArgs: (file) => ['-t', '-c', file],
    byNobody: true,
    accessLog: 'access.json',
    entryOf: flatEntry,
    deadStatus: 502,
    acceptRule: /^ *"~\^\[A-Za-z0-9_-\].*\n/m,
  },
  {
    name: 'haproxy',
    file: 'examples/proxies/haproxy.cfg',
    replacements: () => [],
    env: environment,
    runArgs: (file) => ['-db', '-f', file],
    checkArgs: (file) => ['-c', '-f', file],
    byNobody: false,
    accessLog: undefined,
    entryOf: flatEntry,
    deadStatus: 503,
    acceptRule: /^ *http-request set-var\(txn\.correlation_id\) req\..*\n/m,
  },
  {
    name: 'caddy',
    file: 'examples/proxies/Caddyfile',
    replacements: () => [],
    env: environment,
    runArgs: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
    checkArgs: (file) => ['validate', '--config', file, '--adapter', 'caddyfile'],
    byNobody: false,
    accessLog: undefined,
    entryOf: caddyEntry,
    deadStatus: 502,
    acceptRule: /^\s*"~\^\[A-Za-z0-9_-\].*\n/m,
  },
  {
    name: 'envoy',
    file: 'examples/proxies/envoy.yaml',
    replacements: ({ port, upstreamPort }) => [
      ['{ address: 127.0.0.1, port_value: 8080 }', `{ address: 127.0.0.1, port_value: ${port} }`],
      ['{ address: 127.0.0.1, port_value: 3000 }', `{ address: 127.0.0.1, port_value: ${upstreamPort} }`],
    ],
    env: () => ({}),
    // Without these two, a second Envoy on the machine would take the first for its older self; one worker is enough.
    runArgs: (file) => ['-c', file, '--use-dynamic-base-id', '--concurrency', '1', '--file-flush-interval-msec', '50'],
    checkArgs: (file) => ['--mode', 'validate', '-c', file],
    byNobody: false,
    accessLog: undefined,
    entryOf: flatEntry,
    deadStatus: 503,
    acceptRule: /^ *# Without this rule.*\n(?:(?!^ *- name: ).*\n)+/m,
  },
]

function flatEntry(line: Readonly<Record<string, unknown>>): AccessEntry | undefined {
  if (!('correlation.id' in line)) return undefined
  const { time, method, uri, status, duration, trace_id: traceId } = line
  return {
    id: String(line['correlation.id'] ?? ''),
    traceId: String(traceId ?? ''),
    method: String(method ?? ''),
    uri: String(uri ?? ''),
    status: Number(status),
    seconds: duration === undefined ? Number(line['duration_ms']) / 1000 : Number(duration),
    time: new Date(String(time)),
  }
}

/** Caddy's own shape: the ID is a response header, the trace ID is in a request header. */
function caddyEntry(line: Readonly<Record<string, unknown>>): AccessEntry | undefined {
  if (!String(line['logger']).startsWith('http.log.access')) return undefined
  const { request, resp_headers: answered } = line as {
    readonly request: { readonly method: string; readonly uri: string; readonly headers: HeaderLists }
    readonly resp_headers: HeaderLists
  }
  return {
    id: (answered['X-Correlation-Id'] ?? []).join(),
    traceId: TRACEPARENT.exec((request.headers['Traceparent'] ?? []).join())?.[1] ?? '',
    method: request.method,
    uri: request.uri,
    status: Number(line['status']),
    seconds: Number(line['duration']),
    time: new Date(String(line['time'])),
  }
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

type HeaderLists = Readonly<Record<string, readonly string[]>>
