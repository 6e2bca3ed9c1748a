// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import type { Env } from '../../../src/config/env.ts'
import { unknownVariableProblems } from '../../../src/config/unknown-variables.ts'
import { VARIABLES } from '../../../src/config/variables.ts'

const TYPOS = [
  { name: 'CORRELATION_HEADER', nearest: 'CORRELATION_HEADERS' },
  { name: 'CORRELATION_OUTBOUND_HEADERS', nearest: 'CORRELATION_OUTBOUND_HEADER' },
  { name: 'CORRELATION_REPONSE_HEADER', nearest: 'CORRELATION_RESPONSE_HEADER' },
  { name: 'CORRELATION_MAX_LENGTH', nearest: 'CORRELATION_ID_MAX_LENGTH' },
  { name: 'CORRELATION_TRUSTED', nearest: 'CORRELATION_TRUST' },
  { name: 'CORRELATION_Enabled', nearest: 'CORRELATION_ENABLED' },
  { name: 'CORRELATION_SHUTDOWN_TIMEOUT', nearest: 'CORRELATION_SHUTDOWN_TIMEOUT_MS' },
]

describe('unknownVariableProblems()', () => {
  for (const { name, nearest } of TYPOS) {
    it(`finds ${nearest} for ${name}, and never shows the value`, () => {
      assert.deepEqual(unknownVariableProblems({ [name]: 's3cr3t-value' }), [
        `${name} is no variable of ours and is ignored; the nearest known name is ${nearest}.`,
      ])
    })
  }

  it('is silent about every variable of ours', () => {
    assert.deepEqual(unknownVariableProblems(Object.fromEntries(VARIABLES.map((row) => [row.name, 'x']))), [])
  })

  it('is silent about other prefixes, the test harness and what is unset', () => {
    const env: Env = {
      PATH: '/bin',
      OTEL_SDK_DISABLED: 'true',
      X_CORRELATION_ID: 'a',
      CORRELATION: 'a',
      CORRELATION_TEST_PORT: '1',
      CORRELATION_BLANK: ' ',
      CORRELATION_UNSET: undefined,
    }
    assert.deepEqual(unknownVariableProblems(env), [])
  })

  for (const name of ['CORRELATION_\u001b[31mred', 'CORRELATION_A\nB', `CORRELATION_${'A'.repeat(60)}`]) {
    it(`does not print the name ${JSON.stringify(name).slice(0, 30)}`, () => {
      assert.deepEqual(unknownVariableProblems({ [name]: 'x' }), [
        `A variable whose name begins with CORRELATION_ and has ${name.length} characters is no variable of ours and is ignored.`,
      ])
    })
  }

  it("is silent about Kubernetes' variables for a Service named correlation or correlation-api", () => {
    const names = [
      'CORRELATION_SERVICE_HOST',
      'CORRELATION_SERVICE_PORT',
      'CORRELATION_SERVICE_PORT_HTTP',
      'CORRELATION_PORT',
      'CORRELATION_PORT_80_TCP',
      'CORRELATION_API_PORT_80_TCP_ADDR',
      'CORRELATION_API_PORT_53_UDP_PROTO',
    ]
    assert.deepEqual(unknownVariableProblems(Object.fromEntries(names.map((name) => [name, '10.0.0.1']))), [])
    assert.equal(unknownVariableProblems({ CORRELATION_REPORT: 'x', CORRELATION_PORTS: 'x' }).length, 2)
  })

  it('is part of what loadConfig() reports', () => {
    const env = { CORRELATION_HEADER: 'x-a' }
    assert.deepEqual(loadConfig(env).problems, unknownVariableProblems(env))
  })
})
