// SPDX-License-Identifier: Apache-2.0
import type { TracerProvider } from '@opentelemetry/api'
import { type InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation'
import {
  ExpressInstrumentation,
  type ExpressInstrumentationConfig,
  ExpressLayerType,
} from '@opentelemetry/instrumentation-express'

/**
 * The upstream instrumentation, which also patches Express where its own inner file is required: an ESM application imports the
 * package without a `require`, and its server spans had no route.
 */
class InnerExpressInstrumentation extends ExpressInstrumentation {
  override init(): InstrumentationNodeModuleDefinition[] {
    const definitions = super.init()
    for (const definition of definitions) {
      definition.files.push(
        new InstrumentationNodeModuleFile(
          'express/lib/express.js',
          definition.supportedVersions,
          (exports) => definition.patch?.(exports) ?? exports,
          (exports) => definition.unpatch?.(exports),
        ),
      )
    }
    return definitions
  }
}

/**
 * The route of the server span, by the upstream instrumentation. Its own spans, one for each middleware, router and handler, are
 * off: they are most of the spans of a service and say little. So it has nothing to record, whoever owns the tracing.
 */
export function startExpressInstrumentation(provider: TracerProvider): ExpressInstrumentation {
  const config: ExpressInstrumentationConfig = {
    ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER, ExpressLayerType.REQUEST_HANDLER],
  }
  const instrumentation = new InnerExpressInstrumentation(config)
  instrumentation.setTracerProvider(provider)
  return instrumentation
}
