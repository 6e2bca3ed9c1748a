// SPDX-License-Identifier: Apache-2.0
import type { TracerProvider } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'

/** Spans for `fetch` and undici, by the upstream instrumentation, for as long as `isActive` says that tracing is ours. */
export function startUndiciInstrumentation(provider: TracerProvider, isActive: () => boolean): UndiciInstrumentation {
  const instrumentation = new UndiciInstrumentation({ ignoreRequestHook: () => !isActive() })
  instrumentation.setTracerProvider(provider)
  return instrumentation
}
