// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { getCallSites } from 'node:util'
import { diag } from '@opentelemetry/api'
import { hasOpenRequests } from '../correlation/open-requests.ts'

/** The part of a call site that is read. https://nodejs.org/api/util.html#utilgetcallsitesframecount-options */
interface CallSite {
  readonly scriptName: string
  readonly lineNumber: number
}

const MAX_PLACES = 20
/** Loggers and HTTP clients have some dozen frames of their own between us and the application. */
const MAX_FRAMES = 60

/**
 * Names the places where a line is logged, or a call is made, under no ID while a request is in flight: there the request's context was lost before.
 * Each once, and the first of them only. A stack is captured for it, so nothing of this happens unless somebody asked for diagnostics of that level.
 */
export class LostContext {
  /** Whether places are named. */
  readonly isNaming: boolean
  readonly #places = new Set<string>()

  constructor(isNaming: boolean) {
    this.isNaming = isNaming
  }

  /** @param what - What is done there, as the beginning of a sentence. */
  name(what: 'A line is logged' | 'A request is made'): void {
    if (!this.isNaming || this.#places.size >= MAX_PLACES || !hasOpenRequests()) return
    try {
      // As the files are, which tells ours from others; then through source maps, where Node is told to use them.
      const index = indexOfCaller(getCallSites(MAX_FRAMES, { sourceMap: false }))
      const site = getCallSites(MAX_FRAMES)[index]
      if (site === undefined) return
      const place = `${site.scriptName}:${site.lineNumber}`
      if (this.#places.has(place)) return
      this.#places.add(place)
      diag.debug(
        `@org/correlation: ${what} under no correlation ID while a request is in flight, at ${place}. If it is a request's work, its context was lost before; bindCorrelationId(fn) keeps it for a callback.`,
      )
    } catch {
      // What cannot be named is counted all the same.
    }
  }
}

/** The innermost frame of the application; of its packages, where it has none: what a pool or a timer of theirs does by itself. */
function indexOfCaller(sites: readonly CallSite[]): number {
  const ours = path.dirname(sites[0]?.scriptName ?? '')
  const isForeign = ({ scriptName }: CallSite) =>
    scriptName !== '' && !/^node:|^internal\//.test(scriptName) && path.dirname(scriptName) !== ours
  const isOfApp = (site: CallSite) => isForeign(site) && !/[\\/]node_modules[\\/]/.test(site.scriptName)
  const ofApp = sites.findIndex(isOfApp)
  return ofApp === -1 ? sites.findIndex(isForeign) : ofApp
}
