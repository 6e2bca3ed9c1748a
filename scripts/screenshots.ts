// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPage } from '../test/support/chromium.ts'
import { eventually } from '../test/support/eventually.ts'
import { request } from '../test/support/http-request.ts'
import { findSpans } from '../test/support/jaeger-query.ts'
import { createLifetime } from '../test/support/lifetime.ts'
import { ROOT } from '../test/support/run-command.ts'

/** `npm run screenshots`: makes the pictures of the documentation anew, of a stack that `npm run stack` has started a moment ago. */
const SHOP = 'http://localhost:8080/checkout'
const JAEGER = 'http://localhost:16686'
const FAILING = `${SHOP}/gold-plated-kettle`
const SEARCH = `${JAEGER}/search?service=shop&lookback=2d&limit=20&tags=${encodeURIComponent('{"correlation.id":"order-4711"}')}`
const SPAN_COUNT = 9

const lifetime = createLifetime()
const picture = (name: string) => path.join(ROOT, 'docs/images', `${name}.png`)
const click = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).click()`
const isThere = (selector: string) => `document.querySelector(${JSON.stringify(selector)})`

try {
  const headers = { 'x-correlation-id': 'order-4711' }
  for (const url of [`${SHOP}/tea`, FAILING]) await request(url, { headers })
  const search = () => findSpans(JAEGER, { attributes: { 'correlation.id': 'order-4711' } })
  const spans = await eventually(search, (found) => found.length === 2 * SPAN_COUNT)
  const failed = spans.find(({ status }) => status.code === 'ERROR')

  const page = await openPage(lifetime, FAILING)
  await page.screenshot(picture('error-page'), { width: 640, height: 80 })
  await page.goTo(SEARCH)
  await page.waitFor('/\\b2 Traces\\b/.test(document.body.innerText)')
  // The dots of the plot fly in.
  await sleep(2_000)
  await page.screenshot(picture('jaeger-search'), { width: 1280, height: 750 })
  await page.goTo(`${JAEGER}/trace/${failed?.traceId}`)
  await page.waitFor(isThere('.span-view'))
  await page.screenshot(picture('jaeger-trace'), { width: 1280, height: 520 })
  await page.evaluate(click('.span-view'))
  await page.waitFor(isThere('.AccordianKeyValues--header'))
  await page.evaluate(click('.AccordianKeyValues--header'))
  await page.waitFor(isThere('a[title^="Every trace of"]'))
  await page.screenshot(picture('jaeger-link'), { width: 1280, height: 580 })
} finally {
  await lifetime.end()
}
