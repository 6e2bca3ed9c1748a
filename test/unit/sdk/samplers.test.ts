// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { OtelEnv } from '../../../src/sdk/otel-env.ts'
import { createSampler } from '../../../src/sdk/samplers.ts'

const parentBased = (root: string) =>
  `ParentBased{root=${root}, remoteParentSampled=AlwaysOnSampler, remoteParentNotSampled=AlwaysOffSampler, localParentSampled=AlwaysOnSampler, localParentNotSampled=AlwaysOffSampler}`

function create(env: OtelEnv, ratio?: number) {
  const warnings: string[] = []
  const ignore = () => undefined
  const logger = {
    error: ignore,
    warn: (text: string) => warnings.push(text),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const sampler = String(createSampler(env, ratio))
  diag.disable()
  return { sampler, warnings }
}

describe('createSampler', () => {
  for (const [name, arg, expected, warning] of [
    [undefined, undefined, parentBased('AlwaysOnSampler'), undefined],
    ['always_on', undefined, 'AlwaysOnSampler', undefined],
    [' ALWAYS_OFF ', undefined, 'AlwaysOffSampler', undefined],
    ['parentbased_always_on', undefined, parentBased('AlwaysOnSampler'), undefined],
    ['parentbased_always_off', undefined, parentBased('AlwaysOffSampler'), undefined],
    ['traceidratio', '0.25', 'TraceIdRatioBased{0.25}', undefined],
    ['parentbased_traceidratio', '0', parentBased('TraceIdRatioBased{0}'), undefined],
    ['traceidratio', undefined, 'TraceIdRatioBased{1}', /OTEL_TRACES_SAMPLER_ARG/],
    ['traceidratio', '1.5', 'TraceIdRatioBased{1}', /OTEL_TRACES_SAMPLER_ARG/],
    ['traceidratio', 'hostile', 'TraceIdRatioBased{1}', /OTEL_TRACES_SAMPLER_ARG/],
    ['hostile', undefined, parentBased('AlwaysOnSampler'), /OTEL_TRACES_SAMPLER /],
  ] as const) {
    it(`${name} ${arg ?? ''}`, () => {
      const { sampler, warnings } = create({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg })
      assert.equal(sampler, expected)
      assert.equal(warnings.length, warning === undefined ? 0 : 1)
      if (warning !== undefined) assert.match(warnings[0] ?? '', warning)
      assert.ok(!warnings.join().includes('hostile'))
    })
  }

  it('gives CORRELATION_SAMPLE_RATIO precedence, 0 included', () => {
    assert.equal(create({ OTEL_TRACES_SAMPLER: 'always_on' }, 0).sampler, 'CorrelationSampler{0}')
  })
})
