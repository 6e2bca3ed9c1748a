// SPDX-License-Identifier: Apache-2.0
import type { ContextManager } from '@opentelemetry/api'
import type { Runtime } from '../src/runtime.ts'
import { type ImportPatch, onImport } from '../src/sdk/import-hooks.ts'
import { onRequire } from '../src/sdk/module-hooks.ts'
import { patchExpressJson } from './express-problem.ts'
import { findExpressRoutes, type LayerClass } from './express-route.ts'
import { wrapFinalHandler } from './finalhandler.ts'
import { instrumentHttpClient } from './http-client.ts'
import { HttpClientSpans } from './http-client-spans.ts'
import { instrumentHttpServer } from './http-server.ts'
import { libraryPatches } from './libraries.ts'
import { ServerSpans, type ServerTracing } from './server-span.ts'
import { instrumentUndici } from './undici.ts'
import { UndiciSpans } from './undici-spans.ts'
import { instrumentWinston } from './winston.ts'
import { instrumentWorkers } from './workers.ts'

/** Whose spans are recorded, and which instrumentations the environment leaves on. */
export interface TracingParts extends ServerTracing {
  readonly isEnabled: (name: string) => boolean
  /** Whether the application has an instance of its own of the instrumentation with this package's name. */
  readonly isInApplication: (name: string) => boolean
}

/** Whether and when log records go out over OTLP. */
export interface LogParts {
  /** Whether the environment asks for it. */
  readonly mayStillSend: boolean
  /** Whether it is ours to do at this moment. */
  readonly sends: () => boolean
}

/**
 * Installs what carries the ID, and what makes spans where `tracing` is there.
 */
export function installInstrumentations(
  runtime: Runtime,
  contextManager: ContextManager,
  isEnabled: (name: string) => boolean,
  logs: LogParts,
  tracing: TracingParts | undefined,
): void {
  const hasHttp = tracing?.isEnabled('http') === true
  instrumentHttpServer(runtime, contextManager, hasHttp ? new ServerSpans(tracing, runtime) : undefined)
  instrumentHttpClient(
    runtime,
    hasHttp
      ? new HttpClientSpans(tracing.provider, tracing.meterProvider, tracing.isActive, tracing.samplesByAttributes)
      : undefined,
  )
  instrumentUndici(runtime, tracing === undefined ? undefined : undiciSpans(tracing))
  instrumentWorkers()
  const libraries = libraryPatches(runtime, isEnabled, tracing)
  onRequire(
    Object.assign(
      patches(runtime, isEnabled, logs, tracing !== undefined),
      ...libraries.map(({ required }) => required ?? {}),
    ),
  )
  const imported: Readonly<Record<string, ImportPatch>> = Object.assign(
    {},
    ...libraries.map(({ imported }) => imported ?? {}),
  )
  if (Object.keys(imported).length > 0) onImport(imported)
}

function undiciSpans(parts: TracingParts): UndiciSpans | undefined {
  const { provider, meterProvider, isActive, isEnabled, isInApplication, samplesByAttributes } = parts
  if (!isEnabled('undici')) return undefined
  // One of the application's own listens to the same channels, and each would record the request.
  const isOurs = () => isActive() && !isInApplication('@opentelemetry/instrumentation-undici')
  return new UndiciSpans(provider, meterProvider, isOurs, samplesByAttributes)
}

function patches(runtime: Runtime, isEnabled: (name: string) => boolean, logs: LogParts, isMeasured: boolean) {
  const { errorBody } = runtime.config
  const findRoutes = (exports: unknown) => findExpressRoutes(exports as LayerClass)
  return {
    ...(isEnabled('winston') && {
      'winston/lib/winston/logger': (exports: unknown) => {
        instrumentWinston(exports as Parameters<typeof instrumentWinston>[0], runtime, logs.sends, logs.mayStillSend)
        return exports
      },
    }),
    ...(isMeasured &&
      isEnabled('express') && { 'express/lib/router/layer': findRoutes, 'router/lib/layer': findRoutes }),
    ...(errorBody !== 'off' && {
      finalhandler: (exports: unknown) => wrapFinalHandler(exports as Parameters<typeof wrapFinalHandler>[0], runtime),
    }),
    ...(errorBody === 'problem' && {
      'express/lib/response': (exports: unknown) => {
        patchExpressJson(exports as Parameters<typeof patchExpressJson>[0])
        return exports
      },
    }),
  }
}
