// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { COLD_REQUESTS } from '../../../bench/measure/request.ts'
import type { App } from '../../../bench/processes/app.ts'
import type { LoadOrder } from '../../../bench/processes/load.ts'
import type { Surroundings } from '../../../bench/processes/surroundings.ts'
import { VARIANTS, type Variant } from '../../../bench/variants.ts'

/** Less than a segment waits for what is exported after it. */
const LATE_MS = 120
export const COLD_MICROS = 500
export const WARM_MICROS = 50
export const LATE_MICROS = 7

/** Apps that cost more while they are cold, and some of it only after a delay, as exporters do. */
export function scene() {
  const events: string[] = []
  const apps = new Map<string, { readonly variant: Variant; cpu: number; answered: number }>()
  let failing = ''
  const start = async (variant: Variant): Promise<App> => {
    if (variant.name === failing) throw new Error('it does not start')
    const state = { variant, cpu: 0, answered: 0 }
    const url = `http://${variant.name}`
    apps.set(url, state)
    events.push(`start ${variant.name}`)
    const usage = async () => ({ cpuMicros: state.cpu, rssBytes: 0, heapBytes: 0 })
    return {
      pid: 0,
      url,
      started: { ...(await usage()), wallMs: 0 },
      stderr: '',
      usage,
      [Symbol.asyncDispose]: async () => void events.push(`end ${variant.name}`),
    }
  }
  const load = async ({ url, amount }: LoadOrder) => {
    const { origin, pathname } = new URL(url)
    const state = apps.get(origin)
    assert.ok(state)
    events.push(`${state.variant.name} ${pathname} ${amount}`)
    state.cpu += amount * (state.answered < COLD_REQUESTS ? COLD_MICROS : WARM_MICROS)
    state.answered += amount
    if (state.variant.exports) setTimeout(() => (state.cpu += amount * LATE_MICROS), LATE_MS)
    return { answered: amount, failed: 0 }
  }
  const surroundings = { load } as unknown as Surroundings
  const disturb = (name: string, micros: number) => {
    const state = apps.get(`http://${name}`)
    assert.ok(state)
    state.cpu += micros
  }
  return { events, start, surroundings, disturb, fail: (name: string) => (failing = name) }
}

export const named = (...names: readonly string[]) => VARIANTS.filter(({ name }) => names.includes(name))
