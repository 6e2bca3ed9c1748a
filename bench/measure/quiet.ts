// SPDX-License-Identifier: Apache-2.0
import type { App, Usage } from '../processes/app.ts'

/** Delays of batches for all that export, so that what a segment of requests leaves in a queue is sent, and counted, at its end. */
export const SHORT_BATCHES: Readonly<Record<string, string>> = {
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
}
/** Twice the delay of a batch. */
export const FLUSH_MS = 200

const PAUSE_MS = 50
/** Less than this in a pause is the question itself: no collection, no compiler, no batch. */
const BUSY_MICROS = 2_500
const DEADLINE_MS = 3_000

/** Waits, at least for the time given, until the process does nothing any more; returns what it has used by then. */
export async function quiet(app: Pick<App, 'usage'>, atLeastMs = PAUSE_MS): Promise<Usage> {
  const begun = performance.now()
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  await pause(Math.max(0, atLeastMs - PAUSE_MS))
  for (let last = await app.usage(); ; ) {
    await pause(PAUSE_MS)
    const now = await app.usage()
    if (now.cpuMicros - last.cpuMicros < BUSY_MICROS || performance.now() - begun > DEADLINE_MS) return now
    last = now
  }
}
