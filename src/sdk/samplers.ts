// SPDX-License-Identifier: Apache-2.0
import { diag } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { CorrelationSampler } from '../telemetry/sampler.ts'
import { LocalParentSampler } from './local-parent-sampler.ts'
import { type OtelEnv, textOf } from './otel-env.ts'

/** `CORRELATION_SAMPLE_RATIO` decides where it is set, else `OTEL_TRACES_SAMPLER`. */
export function createSampler(env: OtelEnv, sampleRatio: number | undefined): Sampler {
  if (sampleRatio !== undefined) return new LocalParentSampler(new CorrelationSampler(sampleRatio))
  const name = textOf(env, 'OTEL_TRACES_SAMPLER')?.toLowerCase()
  switch (name) {
    case undefined:
    case 'parentbased_always_on':
      return parentBased(new AlwaysOnSampler())
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'parentbased_always_off':
      return parentBased(new AlwaysOffSampler())
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratioOf(env))
    case 'parentbased_traceidratio':
      return parentBased(new TraceIdRatioBasedSampler(ratioOf(env)))
    default:
      diag.warn('OTEL_TRACES_SAMPLER names a sampler that is not available here; parentbased_always_on is used.')
      return parentBased(new AlwaysOnSampler())
  }
}

function parentBased(root: Sampler): Sampler {
  return new LocalParentSampler(new ParentBasedSampler({ root }))
}

function ratioOf(env: OtelEnv): number {
  const text = textOf(env, 'OTEL_TRACES_SAMPLER_ARG')
  const ratio = Number(text)
  if (text !== undefined && ratio >= 0 && ratio <= 1) return ratio
  diag.warn('OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; 1 is used, so every trace is sampled.')
  return 1
}
