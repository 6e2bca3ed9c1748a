// SPDX-License-Identifier: Apache-2.0
import { type ContextManager, diag, type TextMapPropagator } from '@opentelemetry/api'
import { installInstrumentations } from '../instrumentations/index.ts'
import { endOpenSpans } from '../instrumentations/open-spans.ts'
import { shareSettings } from './api/settings.ts'
import { type Config, loadConfig } from './config/config.ts'
import { setContextManager } from './correlation/active-context.ts'
import { generateId } from './correlation/id.ts'
import { findsOwnIds } from './propagation/finds-own-ids.ts'
import { createOutboundPolicy } from './propagation/outbound-policy.ts'
import { CorrelationPropagator } from './propagation/propagator.ts'
import { createTrust } from './propagation/trust.ts'
import type { Runtime } from './runtime.ts'
import { afterRequests } from './sdk/after-requests.ts'
import { ApiGlobal, type ApiKind, readApiGlobal } from './sdk/api-global.ts'
import { newerApiProblem, newerOf, ownApiVersion } from './sdk/api-version.ts'
import { LeanContextManager } from './sdk/context-manager.ts'
import { setDiagLogger } from './sdk/diag-logger.ts'
import { contextFromEnv } from './sdk/env-context.ts'
import { Ground } from './sdk/ground.ts'
import { isTrue, listOf, type OtelEnv } from './sdk/otel-env.ts'
import { Ownership, type ReplaceableProvider, SwitchingTracerProvider } from './sdk/ownership.ts'
import { createPropagators } from './sdk/propagators.ts'
import { startTelemetry } from './sdk/start-telemetry.ts'
import { patchTracersOf } from './sdk/tracer-patch.ts'
import { LostContext } from './telemetry/lost-context.ts'
import { CorrelationMetrics } from './telemetry/metrics.ts'

/** An application may serve health checks before it starts its SDK; one that has served this many requests has started it. */
const REQUESTS_TO_SETTLE = 1000

/** What {@link start} found and did. */
export interface Started {
  /** False where `CORRELATION_ENABLED` is `false`: nothing was touched. */
  readonly isEnabled: boolean
  readonly config: Config
  /** One sentence for each mistake in the configuration. */
  readonly problems: readonly string[]
  /** One sentence for each thing that is not as it should be, and no mistake in the configuration. */
  readonly warnings: readonly string[]
}

/**
 * Starts correlation in this process. Synchronous: the application's first module is loaded after it.
 *
 * @param env - The environment; only read.
 * @param say - Writes one sentence for the person who runs the application, for what is only known later. Never throws.
 */
export function startCorrelation(env: OtelEnv, say: (sentence: string) => void): Started {
  const { config, problems: configProblems } = loadConfig(env)
  if (!config.enabled) return { isEnabled: false, config, problems: configProblems, warnings: [] }
  const isDebugging = setDiagLogger(env)

  const propagators = createPropagators(env)
  const { policy, problems: policyProblems } = createOutboundPolicy(config.propagateTo)
  const { trust, problems: trustProblems } = createTrust(config.trust)
  const problems = [
    ...configProblems,
    ...policyProblems.map((problem) => `CORRELATION_PROPAGATE_TO: ${problem}`),
    ...trustProblems.map((problem) => `CORRELATION_TRUST: ${problem}`),
  ]
  const warnings: string[] = []
  if (config.strict && problems.length > 0) return { isEnabled: false, config, problems, warnings: [] }

  const runtime: Runtime = {
    config,
    policy,
    trust,
    rules: { ...config, generate: () => generateId(config.idFormat) },
    findsOwnIds: findsOwnIds(config, propagators.isNone ? [] : config.outboundHeaders),
    metrics: new CorrelationMetrics(),
    lostContext: new LostContext(isDebugging),
    baggageKey: propagators.hasBaggage ? config.baggageKey : undefined,
    outboundHeaders: propagators.isNone ? [] : config.outboundHeaders,
  }
  const { rules, baggageKey, outboundHeaders } = runtime
  const { headers, messaging } = config
  shareSettings({ rules, headers, outboundHeaders, baggageKey })
  const propagator = new CorrelationPropagator(undefined, { rules, headers, outboundHeaders, baggageKey, messaging })
  propagator.setInner(propagators.inner, propagators.fields)
  const ownership = new Ownership()
  const tracerNames = new Set<string>()
  const provider = new SwitchingTracerProvider(ownership, (name) => tracerNames.add(name))
  const apiVersion = ownApiVersion()
  const { apiGlobal, contextManager, ground } = registerGlobals(ownership, provider, propagator, config, apiVersion)

  const isOff = config.sdk === 'off' || isTrue(env, 'OTEL_SDK_DISABLED')
  const telemetry = isOff
    ? undefined
    : startTelemetry(env, config, ownership, apiGlobal, (warning) => warnings.push(warning), say)

  const isEnabled = instrumentationFilter(env)
  installInstrumentations(
    runtime,
    contextManager,
    isEnabled,
    {
      mayStillSend: telemetry?.sendsLogs === true,
      sends: () => telemetry !== undefined && !ownership.isForeign,
    },
    // Without spans there may still be metrics: the instrumentations measure durations too.
    telemetry === undefined || (telemetry.tracerProvider === undefined && telemetry.meterProvider === undefined)
      ? undefined
      : {
          provider: new SwitchingTracerProvider(ownership),
          meterProvider: telemetry.meterProvider,
          isActive: () => !ownership.isForeign,
          isEnabled,
          isInApplication: (name) => tracerNames.has(name),
          hasRemoteContext: (headers) => propagator.mayFind(headers),
          samplesByAttributes: telemetry.samplesByAttributes,
        },
  )
  // Up to here the instrumentations that asked were ours.
  tracerNames.clear()
  afterRequests(REQUESTS_TO_SETTLE, () => apiGlobal.settle())
  telemetry?.installShutdown(endOpenSpans)
  if (config.fromEnv) ground.begin(contextFromEnv(env, runtime, propagators.inner), contextManager)
  const apiProblem = newerApiProblem(apiVersion, process.argv[1])
  if (apiProblem !== undefined) warnings.push(apiProblem)
  return { isEnabled: true, config, problems, warnings }
}

/** Puts our context manager, propagator and tracer provider where the API looks for them, and stays open for others. */
function registerGlobals(
  ownership: Ownership,
  provider: SwitchingTracerProvider,
  propagator: CorrelationPropagator,
  config: Config,
  apiVersion: string,
) {
  const before = readApiGlobal()
  const ground = new Ground()
  const contextManager = (before?.context as ContextManager | undefined) ?? new LeanContextManager()
  if (config.sdk !== 'own' && before?.propagation !== undefined)
    propagator.setInner(before.propagation as TextMapPropagator)
  const isOwn = config.sdk === 'own'

  const takeForeign = (foreign: ReplaceableProvider) => {
    ownership.setForeign(foreign)
    patchWhenDelegated(foreign, config.spanAttribute)
    diag.info(
      '@org/correlation: another SDK registered a tracer provider; its exporter stays in charge, and its spans get the correlation ID.',
    )
  }
  const apiGlobal: ApiGlobal = new ApiGlobal(
    newerOf(apiVersion, before?.version ?? '0'),
    new Map<ApiKind, unknown>([
      ['trace', (isOwn ? undefined : before?.trace) ?? provider],
      ['context', contextManager],
      ['propagation', propagator],
      ['metrics', before?.metrics],
      ['logs', before?.logs],
      ['diag', before?.diag],
    ]),
    (kind, value) => {
      if (isOwn && kind !== 'diag') return apiGlobal.get(kind) ?? value
      if (kind === 'propagation') {
        propagator.setInner(value as TextMapPropagator)
        return propagator
      }
      if (kind === 'context') setContextManager(ground.carry(value as ContextManager))
      if (kind === 'trace') takeForeign(value as ReplaceableProvider)
      return value
    },
  )
  apiGlobal.install()
  setContextManager(contextManager)
  if (!isOwn && before?.trace !== undefined) takeForeign(before.trace as ReplaceableProvider)
  return { apiGlobal, contextManager, ground }
}

/** The API registers a provider that is still empty, and fills it in the next statement. */
function patchWhenDelegated(foreign: ReplaceableProvider, attribute: string | undefined): void {
  const original = foreign.setDelegate
  if (original !== undefined) {
    foreign.setDelegate = function (delegate) {
      original.call(this, delegate)
      patchTracersOf(delegate, attribute)
    }
  }
  const delegate = foreign.getDelegate === undefined ? foreign : foreign.getDelegate()
  patchTracersOf(delegate, attribute)
}

/** `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and `OTEL_NODE_DISABLED_INSTRUMENTATIONS`, as auto-instrumentations-node reads them. */
function instrumentationFilter(env: OtelEnv): (name: string) => boolean {
  const enabled = listOf(env, 'OTEL_NODE_ENABLED_INSTRUMENTATIONS')
  const disabled = listOf(env, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS') ?? []
  return (name) => (enabled === undefined || enabled.includes(name)) && !disabled.includes(name)
}
