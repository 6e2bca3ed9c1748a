// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { DEFAULT_RULES } from '../../src/correlation/decide.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { FLASK_FOLDER, startStock } from './stock.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const LONGEST = `a${'b'.repeat(127)}`
const NEW = 'a new one'

interface Case {
  readonly title: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly expected: string
  /** Where Node decides otherwise: the table of the README says so. */
  readonly byNode?: string
}

const CASES: readonly Case[] = [
  { title: 'nothing', headers: [], expected: NEW },
  { title: 'the header alone', headers: ['X-Correlation-ID', 'header-1'], expected: 'header-1' },
  { title: 'the header in another case', headers: ['x-correlation-id', 'header-2'], expected: 'header-2' },
  { title: 'baggage alone', headers: ['Baggage', 'correlation.id=baggage-1'], expected: 'baggage-1' },
  {
    title: 'baggage among others',
    headers: ['Baggage', 'a=1, correlation.id = baggage-2 ;p=1 ,b=2'],
    expected: 'baggage-2',
  },
  { title: 'encoded baggage', headers: ['Baggage', 'correlation.id=a%2Fb%2Bc%3Dd'], expected: 'a/b+c=d' },
  { title: 'a plus sign in baggage', headers: ['Baggage', 'correlation.id=a+b'], expected: 'a+b' },
  {
    title: 'both',
    headers: ['X-Correlation-ID', 'header-3', 'Baggage', 'correlation.id=baggage-3'],
    expected: 'header-3',
  },
  {
    title: 'a malformed header and good baggage',
    headers: ['X-Correlation-ID', 'evil {', 'Baggage', 'correlation.id=baggage-4'],
    expected: 'baggage-4',
  },
  { title: 'every character', headers: ['X-Correlation-ID', '_aZ09._:@=+/~-'], expected: '_aZ09._:@=+/~-' },
  { title: 'the longest', headers: ['X-Correlation-ID', LONGEST], expected: LONGEST },
  { title: 'one too long', headers: ['X-Correlation-ID', `evil${LONGEST}`], expected: NEW },
  { title: 'markup', headers: ['X-Correlation-ID', '<b>evil</b>'], expected: NEW },
  { title: 'a first character that may not be first', headers: ['X-Correlation-ID', '.evil'], expected: NEW },
  { title: 'a letter that is no ASCII', headers: ['X-Correlation-ID', 'evil\u00f1'], expected: NEW },
  { title: 'an empty header', headers: ['X-Correlation-ID', ''], expected: NEW },
  { title: 'malformed baggage', headers: ['Baggage', 'correlation.id=evil%20text'], expected: NEW },
  { title: 'baggage that cannot be read', headers: ['Baggage', 'correlation.id=evil text"'], expected: NEW },
  {
    title: 'the header twice',
    headers: ['X-Correlation-ID', 'evil-1', 'X-Correlation-ID', 'evil-2'],
    expected: NEW,
    byNode: 'evil-1',
  },
  {
    title: 'the header twice with one value',
    headers: ['X-Correlation-ID', 'evil-3', 'X-Correlation-ID', 'evil-3'],
    expected: NEW,
    byNode: 'evil-3',
  },
  { title: 'a name with underscores', headers: ['X_Correlation_ID', 'evil-4'], expected: NEW },
]

/** Sends a request and returns the ID that the response names, once. */
async function idOf(app: App, target: string, headers: readonly string[]): Promise<string> {
  const { rawHeaders, status } = await app.request(target, { headers })
  assert.equal(status, 200)
  const values = rawHeaders.filter((_, index) => /^x-correlation-id$/i.test(rawHeaders[index - 1] ?? '') && index % 2)
  assert.equal(values.length, 1)
  return values[0] ?? ''
}

function assertExpected(id: string, expected: string): void {
  if (expected === NEW) assert.match(id, UUID)
  else assert.equal(id, expected)
}

describe('the Flask service adopts an ID', { concurrency: 1 }, () => {
  for (const { title, headers, expected, byNode = expected } of CASES) {
    it(`${title}: ${expected}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await startStock(t, { sink })
      const id = await idOf(app, '/stock/tea', headers)
      assertExpected(id, expected)

      const lines = await app.waitForLogs(2)
      assert.deepEqual(
        lines.map((line) => [line['message'], line['correlation_id']]),
        [
          ['counting tea', id],
          ['120 of tea left', id],
        ],
      )
      const [span] = await sink.waitForSpans(1)
      assert.equal(span?.attributes['correlation.id'], id)
      for (const line of lines) assert.deepEqual([line['trace_id'], line['span_id']], [span?.traceId, span?.spanId])

      if (expected === NEW) assert.doesNotMatch(`${app.stdout.join('\n')}${app.stderr}`, /evil/)
      const node = await runApp({ fixture: 'http.mjs', env: { OTEL_SDK_DISABLED: 'true' }, t })
      assertExpected(await idOf(node, '/', headers), byNode)
    })
  }

  it('by the pattern of the Node.js package, with its length', () => {
    const source = readFileSync(path.join(FLASK_FOLDER, 'correlation.py'), 'utf8')
    const [, pattern] = /^ID = re\.compile\(r"(.*)"\)$/m.exec(source) ?? []
    const { pattern: token, maxLength } = DEFAULT_RULES.idRules
    assert.equal(pattern, token.source.replaceAll('\\/', '/').replace(/\*\$$/, `{0,${maxLength - 1}}$`))
    assert.ok(readFileSync(path.join(ROOT, 'docs/other-languages.md'), 'utf8').includes(`\`${pattern}\``))
  })

  it('without telemetry, too', async (t) => {
    const app = await startStock(t, { env: { OTEL_SDK_DISABLED: 'true' } })
    assert.equal(await idOf(app, '/stock/tea', ['X-Correlation-ID', 'header-9']), 'header-9')
    const [line] = await app.waitForLogs(2)
    assert.equal(line?.['correlation_id'], 'header-9')
    assert.ok(!('trace_id' in (line ?? {})))
  })

  it('except where OpenTelemetry is told to leave a path alone', async (t) => {
    const app = await startStock(t, { env: { OTEL_PYTHON_FLASK_EXCLUDED_URLS: 'coffee' } })
    const { headers } = await app.request('/stock/coffee', { headers: { 'x-correlation-id': 'header-10' } })
    assert.equal(headers['x-correlation-id'], undefined)
    assert.equal(await idOf(app, '/stock/tea', ['X-Correlation-ID', 'header-11']), 'header-11')
  })
})
