// SPDX-License-Identifier: Apache-2.0
import { diag } from '@opentelemetry/api'
import {
  ConsoleSpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import type { Config } from '../config/config.ts'
import { batchSettings } from './batch-settings.ts'
import type { ExitRequest } from './exit-sender.ts'
import { LazyExporter } from './lazy-exporter.ts'
import { loadLogs, loadMetrics, loadOtlp } from './lazy-files.ts'
import { LeanTracerProvider } from './lean-tracer-provider.ts'
import { LossReport } from './loss-report.ts'
import { limitOf, listOf, type OtelEnv } from './otel-env.ts'
import { type OtlpProtocol, otlpSettings, protocolOf } from './otlp-settings.ts'
import { PendingTelemetry } from './pending-telemetry.ts'
import { ProcessedSpans } from './processed-spans.ts'
import { createResource } from './resource.ts'
import { createSampler } from './samplers.ts'
import { DEFAULT_SPAN_LIMITS, type SpanLimits } from './span-limits.ts'
import { QUEUE_DEFAULTS, SpanQueue } from './span-queue.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Assembles what an application needs from the SDK's parts. `@opentelemetry/sdk-node` would load each exporter of each
 * signal, gRPC and a YAML parser first.
 *
 * Unset `OTEL_METRICS_EXPORTER` and `OTEL_LOGS_EXPORTER` mean `none` here: the one documented deviation from OpenTelemetry.
 */
export function assembleLean(env: OtelEnv, config: Config, say: (sentence: string) => void): Telemetry {
  const resource = createResource(env)
  const traces = listOf(env, 'OTEL_TRACES_EXPORTER') ?? ['otlp']
  const pending = new PendingTelemetry()
  const processors: SpanProcessor[] = [pending]

  let exporter: LazyExporter<ReadableSpan> | undefined
  let protocol: OtlpProtocol = 'http/protobuf'
  let queue: SpanQueue | undefined
  let losses: LossReport | undefined
  let processed: ProcessedSpans | undefined
  let isDiscarded = false
  for (const name of traces.includes('none') ? [] : new Set(traces)) {
    if (name === 'otlp') {
      protocol = protocolOf(env, 'TRACES') === 'http/json' ? 'http/json' : 'http/protobuf'
      const otlp = new LazyExporter(() => loadOtlp().createTraceExporter(protocol))
      exporter = otlp
      const settings = { ...QUEUE_DEFAULTS, ...batchSettings(env, 'OTEL_BSP') }
      losses = new LossReport({
        url: () => otlpSettings(env, 'TRACES', protocol).url,
        maxQueueSize: settings.maxQueueSize,
        say: (sentence) => {
          // What cannot be loaded is no matter of the collector's, and `diag` has been told.
          if (otlp.isMade && !isDiscarded) say(sentence)
        },
      })
      processed = new ProcessedSpans(losses)
      queue = new SpanQueue({ exporter: otlp, outcomes: processed, ...settings })
      processors.push(queue)
    } else if (name === 'console') {
      processors.push(new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }))
    } else {
      diag.warn('OTEL_TRACES_EXPORTER names an exporter that is not available here; it is skipped.')
    }
  }
  const tracerProvider =
    processors.length > 1
      ? new LeanTracerProvider({
          resource,
          sampler: createSampler(env, config.sampleRatio),
          limits: { ...DEFAULT_SPAN_LIMITS, ...spanLimits(env) },
          processors,
          spanAttribute: config.spanAttribute,
        })
      : undefined

  const meters = whereAsked(env, 'OTEL_METRICS_EXPORTER', () => loadMetrics().createMeters(env, resource))
  if (meters !== undefined) processed?.countWith(meters.provider)
  const logs = whereAsked(env, 'OTEL_LOGS_EXPORTER', () => loadLogs().createLogs(env, config, resource, pending))

  // A meter does not say whether something was measured: the first flush sends it, a later one goes with spans or records.
  let hasUnsentMetrics = meters !== undefined

  return {
    tracerProvider,
    meterProvider: meters?.provider,
    loggerProvider: logs?.provider,
    hasPending() {
      // Each is asked, so that none stays pending: a flush that found something to do would bring the next `beforeExit`.
      const recorded = pending.take()
      const metrics = hasUnsentMetrics
      hasUnsentMetrics = false
      return recorded || metrics
    },
    whenBusy(listener) {
      pending.whenBusy(listener)
      if (meters !== undefined) listener()
    },
    async flush() {
      pending.rest()
      await Promise.allSettled([
        tracerProvider?.forceFlush(),
        meters?.provider.forceFlush(),
        logs?.provider.forceFlush(),
      ])
      // A batch that a timer had sent off before is nobody's promise but the exporter's.
      await Promise.allSettled([exporter?.forceFlush(), logs?.drain()])
    },
    takeForExit() {
      const requests: ExitRequest[] = []
      if (exporter !== undefined) {
        const spans = [...exporter.keepForExit(), ...(queue?.takeForExit() ?? [])]
        if (spans.length > 0) {
          const body = loadOtlp().serializeSpans(spans, protocol)
          if (body !== undefined) requests.push({ ...otlpSettings(env, 'TRACES', protocol), body })
        }
      }
      const logsRequest = logs?.takeForExit()
      if (logsRequest !== undefined) requests.push(logsRequest)
      return requests
    },
    reportLosses: () => losses?.end(),
    discard() {
      isDiscarded = true
      exporter?.discard()
      meters?.discard()
    },
  }
}

/** Makes what a signal needs that is off by default. Its file may be gone or unreadable: that costs this signal and no other. */
function whereAsked<Made>(env: OtelEnv, name: string, make: () => Made): Made | undefined {
  const exporters = listOf(env, name)
  if (exporters === undefined || exporters.includes('none')) return undefined
  try {
    return make()
  } catch (error) {
    diag.error(`@org/correlation: what ${name} asks for could not be loaded; nothing of this signal is sent.`, error)
    return undefined
  }
}

function spanLimits(env: OtelEnv): Partial<SpanLimits> {
  const limits = {
    attributeCountLimit: limitOf(env, 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit: limitOf(
      env,
      'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    ),
    eventCountLimit: limitOf(env, 'OTEL_SPAN_EVENT_COUNT_LIMIT'),
    linkCountLimit: limitOf(env, 'OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limitOf(
      env,
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
    ),
    attributePerLinkCountLimit: limitOf(
      env,
      'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
    ),
  }
  return Object.fromEntries(Object.entries(limits).filter((entry): entry is [string, number] => entry[1] !== undefined))
}
