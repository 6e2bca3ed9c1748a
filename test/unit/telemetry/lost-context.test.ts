// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { compileFunction } from 'node:vm'
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { countClosed, countOpened } from '../../../src/correlation/open-requests.ts'
import { createRequestState } from '../../../src/correlation/request-state.ts'
import { LostContext } from '../../../src/telemetry/lost-context.ts'
import { adopted } from '../correlation/decide-cases.ts'

const said: string[] = []
const silent = () => {}
const logger: DiagLogger = {
  error: silent,
  warn: silent,
  info: silent,
  debug: (sentence) => void said.push(sentence),
  verbose: silent,
}
diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true })
after(() => diag.disable())
beforeEach(() => void said.splice(0))

const state = createRequestState(adopted('secret-1'), undefined, undefined)
function inRequest(run: () => void): void {
  countOpened(state)
  run()
  countClosed(state)
}

describe('LostContext', () => {
  it('names each place once, and nothing of the request', () => {
    const lost = new LostContext(true)
    inRequest(() => {
      for (let i = 0; i < 3; i++) lost.name('A line is logged')
      lost.name('A request is made')
    })
    assert.equal(said.length, 2)
    assert.match(said[0] ?? '', /: A line is logged under no correlation ID .* at \S*lost-context\.test\.ts:\d+\. /)
    assert.match(said[1] ?? '', /: A request is made under no correlation ID .* at \S*lost-context\.test\.ts:\d+\. /)
    assert.notEqual(/test\.ts:(\d+)/.exec(said[0] ?? '')?.[1], /test\.ts:(\d+)/.exec(said[1] ?? '')?.[1])
    assert.doesNotMatch(said.join(), /secret/)
  })

  it('names the first twenty', () => {
    const lost = new LostContext(true)
    const places = Array.from({ length: 30 }, (_, i) =>
      compileFunction("lost.name('A line is logged')", ['lost'], { filename: `/app/place-${i}.js` }),
    )
    inRequest(() => {
      for (const place of places) place(lost)
    })
    assert.deepEqual(
      said.map((sentence) => /at (\S+)\. /.exec(sentence)?.[1]),
      places.slice(0, 20).map((_, i) => `/app/place-${i}.js:1`),
    )
  })

  it('names the application rather than its packages, and a package rather than nothing', async () => {
    const lost = new LostContext(true)
    const inPackage = compileFunction("lost.name('A line is logged')", ['lost'], {
      filename: '/app/node_modules/logger/index.js',
    })
    const inApp = compileFunction('log(lost)', ['log', 'lost'], { filename: '/app/main.js' })
    inRequest(() => inApp(inPackage, lost))
    countOpened(state)
    setImmediate(inPackage as (lost: LostContext) => void, lost)
    await new Promise((resolve) => setImmediate(resolve))
    countClosed(state)
    assert.match(said[0] ?? '', / at \/app\/main\.js:1\. /)
    assert.match(said[1] ?? '', / at \/app\/node_modules\/logger\/index\.js:1\. /)
  })

  it('names nothing where nobody asked for it, and where no request is in flight', () => {
    inRequest(() => new LostContext(false).name('A line is logged'))
    new LostContext(true).name('A line is logged')
    assert.deepEqual(said, [])
  })
})
