// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { NPM, type PackageManager, PNPM, YARN, YARN_CLASSIC } from '../support/package-managers.ts'
import { createProject, type Project, pack } from '../support/packed.ts'
import { ROOT } from '../support/run-command.ts'
import { startUserApp } from '../support/user-app.ts'

const packing = createProject('packed')
const tarball = pack(packing.folder)
after(() => packing[Symbol.dispose]())

/** Installs the app's own packages, and then ours beside what the lockfile holds, as somebody does who adds us to an app. */
function installInto(t: TestContext, manager: PackageManager, packages: readonly string[]): Project {
  const project = createProject('install')
  t.after(() => project[Symbol.dispose]())
  manager.prepare(project.folder)
  for (const specs of [packages, [tarball]]) {
    const { code, stdout, stderr } = manager.add(project.folder, specs)
    assert.equal(code, 0, `${manager.name} add ${specs.join(' ')}\n${stdout}\n${stderr}`)
  }
  for (const file of ['express5.mjs', 'express5.cjs']) {
    copyFileSync(path.join(ROOT, 'test/fixtures', file), path.join(project.folder, file))
  }
  return project
}

describe('installed into an empty project with express and winston', () => {
  for (const manager of [NPM, PNPM, YARN_CLASSIC, YARN]) {
    it(`by ${manager.name}, an ES module and a CommonJS app get their IDs`, async (t) => {
      const { folder } = installInto(t, manager, ['express@5.3.0', 'winston@3.19.0'])
      for (const [file, flag] of [
        ['express5.mjs', '--import'],
        ['express5.cjs', '--require'],
      ] as const) {
        const app = await startUserApp({ folder, file, nodeArgs: [flag, '@org/correlation/register'], t })
        const { headers, logs, stderr } = await app.ask('an-id-1')
        assert.equal(headers['x-correlation-id'], 'an-id-1')
        assert.deepEqual(
          logs.map((line) => line['correlation_id']),
          ['an-id-1', 'an-id-1'],
        )
        assert.equal(stderr, '')
      }
      const plain = await startUserApp({ folder, file: 'express5.mjs', nodeArgs: [], t })
      const { headers, logs } = await plain.ask('an-id-2')
      assert.equal(headers['x-correlation-id'], undefined)
      assert.deepEqual(
        logs.map((line) => line['correlation_id']),
        [undefined, undefined],
      )
    })
  }
})

/** Applications that have an SDK of their own, each with the API that its lockfile holds. */
const APPS = [
  {
    name: 'OpenTelemetry 2.x, with API 1.9.1',
    packages: ['@opentelemetry/auto-instrumentations-node@0.81.2', '@opentelemetry/api@1.9.1'],
    own: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
  },
  {
    name: 'OpenTelemetry 3.x',
    packages: ['@opentelemetry/auto-instrumentations-node@0.82.0', '@opentelemetry/api@1.10.0'],
    own: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
  },
] as const

describe('installed without --force into an app on', () => {
  for (const { name, packages, own } of APPS) {
    for (const manager of [NPM, PNPM, YARN]) {
      it(`${name} by ${manager.name}, it starts, has IDs, and its own SDK sends what it sent before`, async (t) => {
        const { folder } = installInto(t, manager, [...packages, 'express@5.3.0', 'winston@3.19.0'])
        const start = (nodeArgs: readonly string[]) => startUserApp({ folder, file: 'express5.cjs', nodeArgs, t })

        const before = await (await start(own)).ask('an-id-3')
        assert.equal(before.headers['x-correlation-id'], undefined)
        assert.ok(before.spans.length > 1)
        assert.ok(before.spans.every((span) => span.attributes['correlation.id'] === undefined))

        const { headers, logs, spans } = await (await start(['--require', '@org/correlation/register', ...own])).ask(
          'an-id-4',
        )
        assert.equal(headers['x-correlation-id'], 'an-id-4')
        assert.deepEqual(
          logs.map((line) => line['correlation_id']),
          ['an-id-4', 'an-id-4'],
        )
        const shapeOf = (all: typeof spans) => all.map((span) => `${span.kind} ${span.name} ${span.scope.name}`).sort()
        assert.deepEqual(shapeOf(spans), shapeOf(before.spans))
        assert.deepEqual(new Set(spans.map((span) => span.attributes['correlation.id'])), new Set(['an-id-4']))
      })
    }
  }

  for (const manager of [NPM, PNPM, YARN]) {
    it(`Sentry by ${manager.name}, it starts, has IDs, and Sentry gets what it got before`, async (t) => {
      const { folder } = installInto(t, manager, ['@sentry/node@11.12.0', 'express@5.3.0', 'winston@3.19.0'])
      copyFileSync(path.join(ROOT, 'test/fixtures/sentry.mjs'), path.join(folder, 'sentry.mjs'))
      const own = ['--import', './sentry.mjs']
      const start = (nodeArgs: readonly string[]) => startUserApp({ folder, file: 'express5.cjs', nodeArgs, t })

      const before = await (await start(own)).ask('an-id-5', { waitsForSentry: true })
      const app = await start(['--import', '@org/correlation/register', ...own])
      const { headers, logs, sentrySpans } = await app.ask('an-id-6', { waitsForSentry: true })
      assert.equal(headers['x-correlation-id'], 'an-id-6')
      assert.deepEqual(
        logs.map((line) => line['correlation_id']),
        ['an-id-6', 'an-id-6'],
      )
      assert.ok(before.sentrySpans.includes('GET /'))
      assert.deepEqual(sentrySpans, before.sentrySpans)
    })
  }
})
