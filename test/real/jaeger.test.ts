// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openPage, type Page } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import { findSpans } from '../support/jaeger-query.ts'
import { createLifetime } from '../support/lifetime.ts'
import { codeBlocks } from '../support/markdown.ts'
import { runApp } from '../support/run-app.ts'
import { mustRun, ROOT } from '../support/run-command.ts'
import { sendOtlp } from '../support/send-otlp.ts'
import { type Jaeger, startJaeger } from '../support/start-jaeger.ts'
import { JAEGER, programPath } from './programs.ts'

const PAGE = readFileSync(path.join(ROOT, 'docs/jaeger.md'), 'utf8')
const BLOCKS = codeBlocks(PAGE)
/** As the page has it, for the ID `order-4711` and a Jaeger on this machine. */
const LINK = BLOCKS.find(({ code }) => code.startsWith('http://localhost:16686/search'))?.code.trim() ?? ''
const [DEFINITIONS = '', TRACES = '', FAILURES = '', EACH_SERVICE = ''] = BLOCKS.flatMap(({ language, code }) =>
  language === 'sh' ? [code] : [],
)
/** Every kind of character that an ID may have. */
const ODD = 'a/B:c@d=e+f~g.h_i-1'
/** How many traces the shop has of each; `order-4711` has one in another service besides. */
const IDS = { 'order-4711': 2, 'order-4712': 1, '4711': 1, [ODD]: 1, 'order-4713': 0 } as const
const STORAGES = { memory: 'jaeger.yaml', Badger: 'jaeger-badger.yaml' } as const
const A_DAY_MS = 24 * 60 * 60 * 1000

const suite = createLifetime()
const jaegers = new Map<string, Jaeger>()
let page: Page
const queryUrl = (storage: keyof typeof STORAGES = 'memory') => jaegers.get(storage)?.queryUrl ?? ''

before(async () => {
  // What the commands of the page call.
  for (const program of ['curl', 'jq'] as const) programPath(program)
  const assets = { JAEGER_UI_ASSETS: path.dirname(programPath('jaeger-page')) }
  const patterns = { JAEGER_UI_CONFIG: path.join(ROOT, 'otel-collector/jaeger-ui.json') }
  for (const [storage, config] of Object.entries(STORAGES)) {
    // Without the link patterns in one of them, to see what they are for.
    const jaeger = await startJaeger(suite, { config, env: { ...assets, ...(storage === 'memory' && patterns) } })
    jaegers.set(storage, jaeger)
    for (const service of ['shop', 'billing']) {
      const env = { OTEL_SERVICE_NAME: service }
      await using app = await runApp({ fixture: 'express5.mjs', sink: { url: jaeger.otlpUrl }, env })
      const ids = service === 'shop' ? Object.entries(IDS) : ([['order-4711', 1]] as const)
      for (const [id, traces] of ids) {
        const headers = { 'x-correlation-id': id }
        for (let i = 0; i < traces; i++) await app.request(i === 0 ? '/' : '/throw', { headers })
      }
      await app.stop()
    }
    assert.equal(
      (
        await eventually(
          () => findSpans(jaeger.queryUrl),
          (spans) => spans.length === 6,
        )
      ).length,
      6,
      storage,
    )
  }
  page = await openPage(suite, 'about:blank')
})
after(() => suite.end())

const linkTo = (id: string) =>
  LINK.replace('http://localhost:16686', queryUrl()).replace('order-4711', encodeURIComponent(id))

describe('the link that the page documents', () => {
  it('is what the page says of it', () => {
    assert.deepEqual([...new URL(LINK).searchParams.keys()], ['service', 'lookback', 'limit', 'tags'])
    assert.ok(LINK.endsWith(encodeURIComponent('{"correlation.id":"order-4711"}')))
    assert.ok(PAGE.includes(`Jaeger ${JAEGER.version}`))
  })

  for (const [id, traces] of Object.entries(IDS)) {
    it(`shows in Chromium every trace of ${id} that the query API finds: ${traces}`, async () => {
      const spans = await findSpans(queryUrl(), { service: 'shop', attributes: { 'correlation.id': id } })
      assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, traces)
      await page.goTo(linkTo(id))
      const shown = traces === 0 ? 'No trace results' : `\\b${traces} Traces?\\b`
      await page.waitFor(`new RegExp(${JSON.stringify(shown)}).test(document.body.innerText)`)
    })
  }

  it('needs the service', async () => {
    await page.goTo(linkTo('order-4711').replace('service=shop&', ''))
    await page.waitFor(`document.body.innerText.includes("parameter 'service' is required")`)
  })

  it('goes back two days, whatever its lookback, or as far as its start', async () => {
    const { otlpUrl } = jaegers.get('memory') ?? assert.fail()
    const spans = [0, 1, 3].map((days) => ({
      durationMs: days * A_DAY_MS,
      attributes: { 'correlation.id': 'order-4714' },
    }))
    await sendOtlp(otlpUrl, { resource: { 'service.name': 'shop' }, spans })
    const link = linkTo('order-4714')
    for (const [url, traces] of [
      [link, 2],
      [link.replace('lookback=2d', 'lookback=1h'), 2],
      [`${link}&start=${(Date.now() - 4 * A_DAY_MS) * 1000}&end=${Date.now() * 1000}`, 3],
    ] as const) {
      await page.goTo(url)
      await page.waitFor(`/\\b${traces} Traces\\b/.test(document.body.innerText)`)
    }
  })
})

describe('the link patterns', () => {
  const attribute = `[...document.querySelectorAll(".KeyValueTable--row")].find((row) => row.innerText.includes("${ODD}"))`

  /** Opens the attributes of a span that has the odd ID. */
  async function openAttributes(storage: keyof typeof STORAGES): Promise<void> {
    const [span] = await findSpans(queryUrl(storage), { attributes: { 'correlation.id': ODD } })
    await page.goTo(`${queryUrl(storage)}/trace/${span?.traceId}`)
    for (const part of ['.span-view', '.AccordianKeyValues--header']) {
      await page.waitFor(`document.querySelector("${part}")`)
      await page.evaluate(`document.querySelector("${part}").click()`)
    }
    await page.waitFor(attribute)
  }

  it('turn the attribute of a span into that search', async () => {
    await openAttributes('memory')
    const { title, href } = await page.evaluate<{ readonly title: string; readonly href: string }>(
      `(({ title, href }) => ({ title, href }))(${attribute}.querySelector("a"))`,
    )
    assert.equal(title, `Every trace of ${ODD} through the shop`)
    await page.goTo(href)
    await page.waitFor('/\\b1 Trace\\b/.test(document.body.innerText)')
  })

  it('are what does it', async () => {
    await openAttributes('Badger')
    assert.equal(await page.evaluate(`${attribute}.querySelector("a")`), null)
  })
})

describe('the commands of the page', () => {
  function run(command: string, id = 'order-4711', storage: keyof typeof STORAGES = 'memory'): readonly string[] {
    const script = `${DEFINITIONS.replace('ID=order-4711', `ID='${id}'`)}\n${command}`
    const { stdout } = mustRun('bash', ['-euc', script.replace('http://localhost:16686', queryUrl(storage))])
    return stdout.split('\n').filter((line) => line !== '')
  }
  const tracesOf = async (id: string, service?: string, storage: keyof typeof STORAGES = 'memory') => {
    const search = { attributes: { 'correlation.id': id }, ...(service !== undefined && { service }) }
    return [...new Set((await findSpans(queryUrl(storage), search)).map(({ traceId }) => traceId))].toSorted()
  }

  for (const id of Object.keys(IDS)) {
    it(`list the traces of ${id}, each with its number of spans`, async () => {
      const wanted = (await tracesOf(id, 'shop')).map((traceId) => `${traceId}\t1`)
      assert.deepEqual(run(TRACES, id).toSorted(), wanted)
    })
  }

  it('name what failed', () => {
    assert.deepEqual(run(FAILURES), ['shop\tGET /throw'])
    assert.deepEqual(run(FAILURES, 'order-4712'), [])
  })

  for (const storage of Object.keys(STORAGES) as (keyof typeof STORAGES)[]) {
    it(`find the traces service by service: ${storage}`, async () => {
      assert.deepEqual(run(EACH_SERVICE, 'order-4711', storage), await tracesOf('order-4711', undefined, storage))
      assert.equal(run(EACH_SERVICE, 'order-4711', storage).length, 3)
    })
  }
})

describe('what the page says of searches', () => {
  it('holds: a trace is found whole, by one span that has all that is asked for', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const { otlpUrl } = jaegers.get('memory') ?? assert.fail()
    const spans = [
      { traceId, attributes: { 'correlation.id': 'order-4715', part: 'a' } },
      { traceId, attributes: { part: 'b' } },
    ]
    await sendOtlp(otlpUrl, { resource: { 'service.name': 'shop' }, spans })
    const find = (attributes: Readonly<Record<string, string>>) =>
      findSpans(queryUrl(), { service: 'shop', attributes })
    const whole = await eventually(
      () => find({ 'correlation.id': 'order-4715', part: 'a' }),
      (all) => all.length > 0,
    )
    assert.equal(whole.length, 2)
    assert.equal((await find({ 'correlation.id': 'order-4715', part: 'b' })).length, 0)
    assert.equal((await find({ 'correlation.id': 'order-47' })).length, 0)
  })

  for (const [storage, wanted] of [
    ['memory', 0],
    ['Badger', 2],
  ] as const) {
    it(`holds of ${storage} after a restart: ${wanted} traces`, async () => {
      const row = new RegExp(`^\\| ${storage} \\| (.*) \\| yes \\|$`, 'm').exec(PAGE)?.[1] ?? ''
      assert.match(row, wanted === 0 ? /is gone/ : /still there/)
      const jaeger = jaegers.get(storage)
      // A graceful end waits for the connections of the browser.
      await jaeger?.stop(storage === 'memory' ? 'SIGKILL' : 'SIGTERM')
      await jaeger?.start()
      const spans = await findSpans(queryUrl(storage), {
        service: 'shop',
        attributes: { 'correlation.id': 'order-4711' },
      })
      assert.equal(spans.length, wanted)
    })
  }
})
