// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import { type App, type LogLine, runApp } from '../support/run-app.ts'
import { startMariaDb } from '../support/start-mariadb.ts'
import { startPostgres } from '../support/start-postgres.ts'
import { startRedis } from '../support/start-redis.ts'
import { CLIENTS, type ClientCase, type ClientLibrary, type Verdict } from './client-cases.ts'
import { fixtureIn } from './packages.ts'

const SERVERS = { postgres: startPostgres, mariadb: startMariaDb, redis: startRedis } as const
const REQUESTS = 8
const DEADLINE_MS = 60_000
const SYSTEMS = ['import', 'require'] as const

interface Run {
  readonly install: string
  readonly system: (typeof SYSTEMS)[number]
  readonly env?: Readonly<Record<string, string>>
}

type Verdicts = Readonly<Record<string, Verdict>>

/** Runs every case in one process, each by concurrent requests, and says under whose ID its steps logged. */
async function observe(name: string, { cases }: ClientLibrary, url: string, run: Run): Promise<Verdicts> {
  const [fixture = ''] = name.split(' ')
  await using app = await runApp({
    fixture: fixtureIn(run.install, `${fixture}.mjs`, 'clients'),
    args: [run.system],
    env: { SERVER_URL: url, OTEL_TRACES_EXPORTER: 'none', ...run.env },
  })
  const verdicts: Record<string, Verdict> = {}
  for (const each of cases) verdicts[each.what] = verdictOf(await linesOf(app, each))
  return verdicts
}

async function linesOf(app: App, { what, isSingle = false }: ClientCase): Promise<readonly LogLine[]> {
  const path = `/${encodeURIComponent(what)}`
  const count = isSingle ? 1 : REQUESTS
  const ids = Array.from({ length: count }, (_, i) => `${what.replaceAll(/\W+/g, '-')}-${i}`)
  const answers = await Promise.all(ids.map((id) => app.request(path, { headers: { 'x-correlation-id': id } })))
  for (const { status, body } of answers) assert.equal(status, 200, `${what}: ${body}`)
  const said = answers.reduce((sum, { body }) => sum + Number(body), 0)
  assert.ok(said > 0, `${what} said nothing`)
  const ofCase = (logs: readonly LogLine[]) => logs.filter((line) => line['case'] === path)
  const logs = await app.waitForLogs((all) => ofCase(all).length >= said, DEADLINE_MS)
  return ofCase(logs)
}

function verdictOf(lines: readonly LogLine[]): Verdict {
  const wrong = lines.filter((line) => (line['correlation_id'] ?? null) !== line['owner'])
  if (wrong.length === 0) return 'own'
  return wrong.some((line) => line['correlation_id'] !== undefined) ? 'another’s' : 'none'
}

const allOwn = ({ cases }: ClientLibrary): Verdicts => Object.fromEntries(cases.map(({ what }) => [what, 'own']))

for (const [name, library] of Object.entries(CLIENTS)) {
  const { server, installs, cases } = library
  describe(`${name}: what is called back`, () => {
    const lifetime = createLifetime()
    let url = ''
    before(async () => {
      if (server !== undefined) url = (await SERVERS[server](lifetime)).url
    })
    after(() => lifetime.end())

    for (const install of installs) {
      for (const system of SYSTEMS) {
        it(`is under its caller's ID, in ${install} by ${system}`, async () => {
          assert.deepEqual(await observe(name, library, url, { install, system }), allOwn(library))
        })
      }

      it(`is as listed, in ${install} without our patch`, async (t) => {
        const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: name }
        const found = await observe(name, library, url, { install, system: 'require', env })
        for (const { what } of cases) t.diagnostic(`${name} | ${what} | ${found[what]} | own`)
        assert.deepEqual(found, Object.fromEntries(cases.map(({ what, without }) => [what, without])))
      })
    }
  })
}

describe('odd calls', () => {
  for (const [name, { server, installs }] of Object.entries(CLIENTS)) {
    if (['generic-pool', 'dataloader'].includes(name)) continue
    it(`are ${name}'s to judge, and called back as without us`, async (t) => {
      const lifetime = createLifetime()
      t.after(() => lifetime.end())
      const url = server === undefined ? '' : (await SERVERS[server](lifetime)).url
      for (const install of installs) {
        const [ours, bare] = await Promise.all(
          (['import', 'none'] as const).map((preload) => mistakesOf(name, install, url, preload)),
        )
        assert.ok(bare !== undefined && bare.length > 3)
        assert.deepEqual(ours, bare, install)
      }
    })
  }
})

/** What the fixture says of mistakes, in order. */
async function mistakesOf(name: string, install: string, url: string, preload: 'import' | 'none') {
  const [fixture = ''] = name.split(' ')
  await using app = await runApp({
    fixture: fixtureIn(install, `${fixture}.mjs`, 'clients'),
    args: ['import'],
    preload,
    env: { SERVER_URL: url, OTEL_TRACES_EXPORTER: 'none' },
  })
  const lines = await linesOf(app, { what: 'mistakes', without: 'own', isSingle: true })
  return lines.map(({ message }) => message)
}

describe('pg, with nothing else of ours', () => {
  const lifetime = createLifetime()
  after(() => lifetime.end())

  it('is the same where the SDK is disabled', async () => {
    const library = CLIENTS['pg'] as ClientLibrary
    const { url } = await startPostgres(lifetime)
    const env = { OTEL_SDK_DISABLED: 'true' }
    const found = await observe('pg', library, url, { install: 'clients', system: 'import', env })
    assert.deepEqual(found, allOwn(library))
  })
})

describe('dataloader', () => {
  it('calls its batch function under the ID of the first of several callers', async () => {
    const [first] = CLIENTS['dataloader']?.cases ?? []
    await using app = await runApp({ fixture: fixtureIn('clients', 'dataloader.mjs', 'clients'), args: ['import'] })
    const lines = await linesOf(app, first as ClientCase)
    assert.equal(verdictOf(lines), 'own')
    assert.ok(
      lines.some(({ size }) => Number(size) > 1),
      'no batch served two requests',
    )
  })
})
