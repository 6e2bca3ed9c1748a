// SPDX-License-Identifier: Apache-2.0
import type { SpanOutcomes } from './span-queue.ts'

/** A collector that comes and goes is not told of each time. */
const QUIET_MS = 10 * 60_000

/** What {@link LossReport} needs. */
export interface LossReportOptions {
  /** Where spans are sent. May hold credentials. */
  readonly url: () => string
  readonly maxQueueSize: number
  /** Writes one sentence for the person who runs the application. Never throws. */
  readonly say: (sentence: string) => void
  /** In milliseconds. */
  readonly now?: () => number
}

/**
 * Counts the spans that are lost, and says so once when it begins, once when it is over, and at the end. Nothing else would: by
 * default the SDK's own messages go nowhere, and an application whose collector is gone runs as well as before.
 */
export class LossReport implements SpanOutcomes {
  readonly #url: () => string
  readonly #maxQueueSize: number
  readonly #say: (sentence: string) => void
  readonly #now: () => number
  #lost = 0
  /** Of those, how many a sentence has named. */
  #told = 0
  #isSaid = false
  #wasFull = false
  #saidAt = Number.NEGATIVE_INFINITY

  constructor({ url, maxQueueSize, say, now = () => performance.now() }: LossReportOptions) {
    this.#url = url
    this.#maxQueueSize = maxQueueSize
    this.#say = say
    this.#now = now
  }

  sent(): void {
    const wasFull = this.#wasFull
    this.#wasFull = false
    // More are ended than can be sent; that is not over with one batch.
    if (wasFull || !this.#isSaid) return
    this.#say(`spans are exported to ${this.#place} again; ${counted(this.#lost)} lost.`)
    this.#forget()
  }

  failed(count: number, error: Error): void {
    this.#lost += count
    this.#begin(
      count,
      () =>
        `the export of spans to ${this.#place} failed (${seen(error)}), and ${counted(count)} lost; it is tried again with those that follow, of which up to ${this.#maxQueueSize} are kept and newer ones dropped and counted. The application is not affected; OTEL_TRACES_EXPORTER=none exports no spans.`,
    )
  }

  dropped(): void {
    this.#lost += 1
    this.#wasFull = true
    this.#begin(
      0,
      () =>
        `spans end faster than ${this.#place} takes them: the queue of ${this.#maxQueueSize} is full (OTEL_BSP_MAX_QUEUE_SIZE), and newer spans are dropped and counted. The application is not affected.`,
    )
  }

  /** Says what was lost, where that has not been said. */
  end(): void {
    if (this.#lost > this.#told) this.#say(`${counted(this.#lost)} lost: ${this.#place} did not take them.`)
    this.#forget()
  }

  #forget(): void {
    this.#lost = 0
    this.#told = 0
    this.#isSaid = false
  }

  #begin(told: number, sentence: () => string): void {
    if (this.#isSaid || this.#now() - this.#saidAt < QUIET_MS) return
    this.#isSaid = true
    this.#saidAt = this.#now()
    this.#told = told
    this.#say(sentence())
  }

  get #place(): string {
    return placeOf(this.#url())
  }
}

/** Host and port, which a parsed URL has in a spelling without surprises; no user, no password, no path. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed?.protocol === 'http:' || parsed?.protocol === 'https:' ? parsed.host : 'the OTLP endpoint'
}

/** Messages may hold what the collector answered; codes and statuses say enough. */
function seen(error: Error): string {
  const { code } = error as { readonly code?: unknown }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,50}$/.test(code)) return code
  if (typeof code === 'number' && code >= 100 && code <= 999) return `HTTP status ${code}`
  if (error.message === 'Request timed out') return 'no answer in time'
  // Upstream does not tell which of those that are tried again it was.
  if (error.name === 'OTLPExporterError') return 'HTTP status 429, 502, 503 or 504'
  return 'OTEL_LOG_LEVEL=error tells why'
}

function counted(count: number): string {
  return count === 1 ? '1 span was' : `${count} spans were`
}
