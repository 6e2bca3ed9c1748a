// SPDX-License-Identifier: Apache-2.0
import { BoundedCache } from '../src/propagation/bounded-cache.ts'

/** Called for a request that turns out to go through a proxy that may not see it. */
type Withhold = () => void

const MAX_TUNNELS = 1000

/**
 * Plain-HTTP requests that undici's proxy agents send through a tunnel, as `fetch` does under `NODE_USE_ENV_PROXY` on Node 22 and 24.
 * The request names only its target; that there is a proxy, which reads every byte of it, shows in a CONNECT
 * that comes after it was created and before it is sent.
 */
export class UndiciTunnels {
  readonly #waiting = new Map<string, Map<object, Withhold>>()
  readonly #closed = new BoundedCache<boolean>(MAX_TUNNELS)

  /** Whether requests to the target were seen to go through a proxy that may not see them. The tunnel is used again. */
  isClosed(authority: string): boolean {
    return this.#closed.get(authority) === true
  }

  /** Keeps a request in sight until it is sent. */
  watch(authority: string, request: object, withhold: Withhold): void {
    const waiting = this.#waiting.get(authority)
    if (waiting === undefined) this.#waiting.set(authority, new Map([[request, withhold]]))
    else waiting.set(request, withhold)
  }

  /** The request was sent, or never will be. */
  forget(authority: string, request: object): void {
    const waiting = this.#waiting.get(authority)
    if (waiting?.delete(request) !== true || waiting.size > 0) return
    // The next request goes to the same target, more often than not; crawlers call any number of them.
    if (this.#waiting.size > MAX_TUNNELS) this.#waiting.delete(authority)
  }

  /** A proxy that may not see the ID was asked for a tunnel to the target. */
  close(authority: string): void {
    this.#closed.set(authority, true)
    for (const withhold of this.#waiting.get(authority)?.values() ?? []) withhold()
    this.#waiting.delete(authority)
  }
}
