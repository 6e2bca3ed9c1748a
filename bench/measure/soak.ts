// SPDX-License-Identifier: Apache-2.0
import { type App, startApp, type Usage } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Variant } from '../variants.ts'
import { send } from './send.ts'

/** The process at one moment of a soak. */
export interface SoakMark extends Usage {
  readonly minute: number
  readonly requests: number
}

export interface SoakResult {
  readonly variant: string
  readonly marks: readonly SoakMark[]
  /** The lines of standard error that differ, with how often each came; the end of the process included. */
  readonly said: readonly { readonly line: string; readonly times: number }[]
}

/** Each minute; a short soak is looked at as often, since the growth is that of its last quarter. */
const LEAST_MARKS = 10
const PORTION = 1_000
/** Port 9 is `discard`, which nobody serves: the collector is gone. */
const NOBODY = 'http://127.0.0.1:9'

/** Load without a pause and without a collector: the heap has to stay as it is, and what is dropped has to be said, once. */
export async function soak(
  variant: Variant,
  minutes: number,
  surroundings: Surroundings,
  say: (text: string) => void,
): Promise<SoakResult> {
  const started = await startApp(variant, { format: 'cjs', surroundings, collector: NOBODY })
  const marks = await loadFor(minutes, started, surroundings, say)
  const lines = Map.groupBy(started.stderr.split('\n').filter(Boolean), (line) => line)
  const said = [...lines].map(([line, list]) => ({ line, times: list.length }))
  for (const { line, times } of said) say(`said ${times} ${times === 1 ? 'time' : 'times'}: ${line}`)
  return { variant: variant.name, marks, said }
}

/** Ends the app, which says what it lost when it ends. */
async function loadFor(
  minutes: number,
  started: App,
  surroundings: Surroundings,
  say: (text: string) => void,
): Promise<readonly SoakMark[]> {
  await using app = started
  const begun = Date.now()
  const marks: SoakMark[] = []
  const count = Math.max(LEAST_MARKS, Math.round(minutes))
  let requests = 0
  for (let mark = 1; mark <= count; mark += 1) {
    while (Date.now() - begun < (minutes * 60_000 * mark) / count) {
      await send(app, { path: '/api/http/7', amount: PORTION, connections: 10 }, surroundings)
      requests += PORTION
    }
    const { rssBytes } = await app.usage()
    const usage = await app.usage(true)
    const minute = (Date.now() - begun) / 60_000
    marks.push({ ...usage, rssBytes, minute, requests })
    say(`soak, minute ${minute.toFixed(1)}: ${requests} requests, heap ${(usage.heapBytes / 2 ** 20).toFixed(1)} MiB`)
  }
  return marks
}
