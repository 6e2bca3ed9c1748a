// SPDX-License-Identifier: Apache-2.0

/** Under whose ID the steps of concurrent requests log: all under their own, some under another request's, or else some under none. */
export type Verdict = 'own' | 'another’s' | 'none'

/** What is done, in the words of the fixture, and what its steps log under without our patch; with it, all log under their own ID. */
export interface ClientCase {
  readonly what: string
  readonly without: Verdict
  /** By one request instead of many. */
  readonly isSingle?: boolean
}

export interface ClientLibrary {
  readonly server?: 'postgres' | 'mariadb' | 'redis'
  readonly installs: readonly string[]
  readonly cases: readonly ClientCase[]
}

const BOTH = ['clients', 'clients-older'] as const
const own = (what: string): ClientCase => ({ what, without: 'own' })
/** Called from a connection that the first request opened, or by whoever gives something back. */
const anothers = (what: string): ClientCase => ({ what, without: 'another’s' })
/** Called from a connection that was there before any request. */
const none = (what: string): ClientCase => ({ what, without: 'none' })
/** Of a connection, caused by nobody: right is no ID. */
const nobodys = (what: string): ClientCase => ({ what, without: 'another’s', isSingle: true })

/** By library, which is also the fixture's name and what `OTEL_NODE_DISABLED_INSTRUMENTATIONS` calls it. */
export const CLIENTS: Readonly<Record<string, ClientLibrary>> = {
  pg: {
    server: 'postgres',
    installs: BOTH,
    cases: [
      own('await pool.query'),
      own('await pool.connect, all taken'),
      anothers('pool.query callback'),
      anothers('pool.query callback, failing'),
      anothers('pool.connect callback, all taken'),
      anothers('client.query callback'),
      anothers('events of a Query'),
      anothers('error event of a Query'),
      anothers('pg-cursor, read callback'),
      anothers('pg-query-stream, events'),
      none('client made at the start, query callback'),
      anothers('client not connected yet, query callback'),
      own('pool.end callback'),
      nobodys('error event of an idle pool'),
      nobodys('notification on a client of a pool'),
    ],
  },
  mysql2: {
    server: 'mariadb',
    installs: BOTH,
    cases: [
      own('await pool.query'),
      own('await pool.execute'),
      own('await pool.getConnection, all taken'),
      anothers('pool.query callback'),
      anothers('pool.query callback, failing'),
      anothers('pool.execute callback'),
      anothers('pool.getConnection callback, all taken'),
      anothers('connection.query callback'),
      anothers('cluster.getConnection callback, all taken'),
      anothers('transaction callbacks'),
      anothers('connection.ping callback'),
      anothers('prepared statement, callbacks'),
      anothers('events of a query'),
      anothers('query.stream, events'),
      none('connection made at the start, query callback'),
      anothers('connection not up yet, query callback'),
      own('connection not up yet, connect callback'),
      nobodys('error event of an idle connection of a pool'),
    ],
  },
  ioredis: {
    server: 'redis',
    installs: BOTH,
    cases: [
      own('await a command'),
      own('command callback'),
      own('command callback, failing'),
      own('not connected yet, command callback'),
      own('pipeline, callbacks'),
      own('await multi'),
      own('multi, callback'),
      own('auto-pipelining, callback'),
      own('await with auto-pipelining'),
      own('blocking command, callback'),
      own('own command, callback'),
      own('scanStream, events'),
      none('message listener'),
      anothers('message listener from the start, connected in a request'),
    ],
  },
  redis: {
    server: 'redis',
    installs: BOTH,
    cases: [
      own('await a command'),
      own('await multi'),
      own('command callback (legacy)'),
      own('await a command, not connected yet'),
      own('await a blocking command'),
      own('await a command of a pool'),
      anothers('pool.execute, all taken'),
      own('for await of scanIterator'),
      none('subscribe listener'),
      none('pSubscribe listener'),
    ],
  },
  'generic-pool': { installs: ['clients'], cases: [own('await acquire, all taken'), own('use, all taken')] },
  'p-queue': {
    installs: ['clients-older', 'p-queue-6'],
    cases: [anothers('add, all taken'), anothers('addAll'), anothers('add, with an interval')],
  },
  'p-queue 10': {
    installs: ['clients'],
    cases: [own('add, all taken'), own('addAll'), own('add, with an interval')],
  },
  dataloader: {
    installs: ['clients'],
    cases: [own('load, batch function'), own('await load'), own('await load, at once')],
  },
}
