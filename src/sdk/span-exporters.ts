// SPDX-License-Identifier: Apache-2.0

/** What can be waited for. */
export interface Flushable {
  forceFlush?(): Promise<void>
}

interface ProviderInside {
  readonly _activeSpanProcessor?: { readonly _spanProcessors?: readonly { readonly _exporter?: Flushable }[] }
}

/**
 * The exporters behind a tracer provider of the SDK, which has no way to ask for them. Its own flush hands over what is queued, and does not
 * wait for a batch that a timer has sent off before: a process that ends then takes it along. None where the SDK is built another way.
 */
export function spanExportersOf(provider: object | undefined): readonly Flushable[] {
  const processors = (provider as ProviderInside | undefined)?._activeSpanProcessor?._spanProcessors
  if (!Array.isArray(processors)) return []
  return processors.map(({ _exporter }) => _exporter).filter((exporter) => exporter !== undefined)
}
