// SPDX-License-Identifier: Apache-2.0
import { createContextKey } from '@opentelemetry/api'

/**
 * The keys that the API and its core package write under and do not export. They are `Symbol.for`, and every copy of either finds the
 * values of the others by these very names.
 */
export const KEY_SPAN = createContextKey('OpenTelemetry Context Key SPAN')
export const KEY_BAGGAGE = createContextKey('OpenTelemetry Baggage Key')
export const KEY_RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')
