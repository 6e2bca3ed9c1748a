// SPDX-License-Identifier: Apache-2.0
import type { Config } from './config/config.ts'
import type { DecideRules } from './correlation/decide.ts'
import type { OutboundPolicy } from './propagation/outbound-policy.ts'
import type { Trust } from './propagation/trust.ts'
import type { LostContext } from './telemetry/lost-context.ts'
import type { CorrelationMetrics } from './telemetry/metrics.ts'

/** What the instrumentations are handed: the configuration as values, and what was built from it. */
export interface Runtime {
  readonly config: Config
  readonly rules: DecideRules
  /** Whether an ID that we generate is one that we accept: a header that we wrote it into then gives it back. */
  readonly findsOwnIds: boolean
  readonly trust: Trust
  readonly policy: OutboundPolicy
  readonly metrics: CorrelationMetrics
  readonly lostContext: LostContext
  /** The baggage key in force: undefined where it is turned off or `OTEL_PROPAGATORS` has no `baggage`. */
  readonly baggageKey: string | undefined
  /** The outbound header names in force: none where `OTEL_PROPAGATORS` is `none`. */
  readonly outboundHeaders: readonly string[]
}
