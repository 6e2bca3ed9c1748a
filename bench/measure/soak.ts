// SPDX-License-Identifier: Apache-2.0
import { startApp, type Usage } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Variant } from '../variants.ts'

/** The process at one moment of a soak. */
export interface SoakMark extends Usage {
  readonly minute: number
  readonly requests: number
}

export interface SoakResult {
  readonly variant: string
  readonly marks: readonly SoakMark[]
  /** The lines of standard error that differ, with how often each came. */
  readonly said: readonly { readonly line: string; readonly times: number }[]
}

const MARKS = 20
const PORTION = 2_000
/** Port 9 is `discard`, which nobody serves: the collector is gone. */
const NOBODY = 'http://127.0.0.1:9'

/** Load without a pause and without a collector: the heap has to stay as it is, and what is dropped has to be said, once. */
export async function soak(
  variant: Variant,
  minutes: number,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<SoakResult> {
  await using app = await startApp(variant, { format: 'cjs', surroundings, collector: NOBODY })
  const begun = Date.now()
  const marks: SoakMark[] = []
  let requests = 0
  for (let mark = 1; mark <= MARKS; mark += 1) {
    while (Date.now() - begun < (minutes * 60_000 * mark) / MARKS) {
      const { answered } = await surroundings.load({ url: `${app.url}/api/http/7`, amount: PORTION, connections: 10 })
      requests += answered
    }
    const { rssBytes } = await app.usage()
    const usage = await app.usage(true)
    marks.push({ ...usage, rssBytes, minute: (Date.now() - begun) / 60_000, requests })
    progress(`soak, ${requests} requests, heap ${(usage.heapBytes / 2 ** 20).toFixed(1)} MiB`)
  }
  const lines = Map.groupBy(app.stderr.split('\n').filter(Boolean), (line) => line)
  return { variant: variant.name, marks, said: [...lines].map(([line, list]) => ({ line, times: list.length })) }
}
