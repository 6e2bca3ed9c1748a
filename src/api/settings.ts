// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_RULES, type DecideRules, decide } from '../correlation/decide.ts'
import { BAGGAGE_CORRELATION_ID, HEADER_CORRELATION_ID, HEADER_REQUEST_ID } from '../correlation/names.ts'

/** What the public functions need of the configuration. */
export interface ApiSettings {
  readonly rules: DecideRules
  readonly headers: readonly string[]
  readonly outboundHeaders: readonly string[]
  readonly baggageKey: string | undefined
}

const SETTINGS = Symbol.for('@org/correlation.settings')

interface GlobalSettings {
  [SETTINGS]?: ApiSettings
}

const DEFAULTS: ApiSettings = {
  rules: DEFAULT_RULES,
  headers: [HEADER_CORRELATION_ID, HEADER_REQUEST_ID],
  outboundHeaders: [HEADER_CORRELATION_ID],
  baggageKey: BAGGAGE_CORRELATION_ID,
}

/** The settings the preload left for the instances of this module that `import` and `require` make; else the defaults. */
export function apiSettings(): ApiSettings {
  return (globalThis as GlobalSettings)[SETTINGS] ?? DEFAULTS
}

/** Whether the preload runs in this process, and is not turned off. */
export function isStarted(): boolean {
  return (globalThis as GlobalSettings)[SETTINGS] !== undefined
}

/** Leaves the settings for every instance of this module. */
export function shareSettings(settings: ApiSettings): void {
  ;(globalThis as GlobalSettings)[SETTINGS] = settings
}

/** Checks text that comes from the application, and generates an ID where it is none. */
export function idFrom(text: string | undefined): ReturnType<typeof decide>['id'] {
  const headers = text === undefined ? [] : [[text]]
  return decide({ headers, baggage: () => undefined, trusted: true }, apiSettings().rules).id
}
