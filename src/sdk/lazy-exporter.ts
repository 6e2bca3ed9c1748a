// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage } from 'node:async_hooks'
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core'

interface Exporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

/** Runs the exporter's own requests: no span for them, no ID on them, whoever's request started the batch. */
const EXPORTING = suppressTracing(ROOT_CONTEXT)

/**
 * Loads its exporter at the first batch, off the start-up path, and remembers what has not arrived yet, so that the
 * rest can be sent when the process exits.
 */
export class LazyExporter<Item> {
  readonly #create: () => Exporter<Item>
  /** Where it was made: outside requests, also for those who keep theirs in a store of their own, as Sentry does. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #exporter: Exporter<Item> | undefined
  readonly #inFlight = new Set<Item[]>()
  readonly #onDrained: (() => void)[] = []
  #kept: Item[] | undefined
  #discards = false

  constructor(create: () => Exporter<Item>) {
    this.#create = create
  }

  export(items: Item[], done: (result: ExportResult) => void): void {
    if (this.#discards || this.#kept !== undefined) {
      this.#kept?.push(...items)
      done({ code: ExportResultCode.SUCCESS })
      return
    }
    this.#inFlight.add(items)
    const finish = (result: ExportResult) => {
      this.#inFlight.delete(items)
      done(result)
      if (this.#inFlight.size === 0) for (const resolve of this.#onDrained.splice(0)) resolve()
    }
    try {
      this.#exporter ??= this.#create()
      const exporter = this.#exporter
      this.#outside(() => context.with(EXPORTING, () => exporter.export(items, finish)))
    } catch (error) {
      diag.error('@org/correlation: the exporter could not be loaded; this batch is lost.', error)
      finish({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) })
    }
  }

  /** False before the first batch, and for ever where the exporter cannot be loaded. */
  get isMade(): boolean {
    return this.#exporter !== undefined
  }

  /** From here on batches are kept instead of sent; the array begins with those in flight and grows with what follows. */
  keepForExit(): readonly Item[] {
    this.#kept ??= [...this.#inFlight].flat()
    return this.#kept
  }

  /** From here on batches are thrown away: another SDK owns the telemetry. */
  discard(): void {
    this.#discards = true
  }

  /** Resolves when no batch is on its way any more. */
  forceFlush(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onDrained.push(resolve))
  }

  shutdown(): Promise<void> {
    return this.#exporter?.shutdown() ?? Promise.resolve()
  }
}
