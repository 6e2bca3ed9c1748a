// SPDX-License-Identifier: Apache-2.0
/**
 * Reads and sets the correlation ID of the active context.
 *
 * ```
 * request    headers → decide → context → {response header, log field, span attribute, outbound header, job metadata}
 * ```
 *
 * The preload `@org/correlation/register` does the carrying; nothing here has a side effect when it is imported.
 *
 * @packageDocumentation
 */
export { bindCorrelationId } from './api/bind-correlation-id.ts'
export { type CorrelationErrorHandlerOptions, correlationErrorHandler } from './api/correlation-error-handler.ts'
export { getCorrelationId } from './api/get-correlation-id.ts'
export { injectCorrelation } from './api/inject-correlation.ts'
export { type StartOptions, start } from './api/start.ts'
export { withCorrelationId } from './api/with-correlation-id.ts'
export { withExtractedCorrelation } from './api/with-extracted-correlation.ts'
export type { CorrelationId } from './correlation/id.ts'
export { CorrelationPropagator, type CorrelationPropagatorOptions } from './propagation/propagator.ts'
export { CorrelationLogRecordProcessor } from './telemetry/log-record-processor.ts'
export { CorrelationSpanProcessor } from './telemetry/span-processor.ts'
