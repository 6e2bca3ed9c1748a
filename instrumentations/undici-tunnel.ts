// SPDX-License-Identifier: Apache-2.0

import { hiddenField } from '../src/correlation/hidden-field.ts'
import { BoundedCache } from '../src/propagation/bounded-cache.ts'
import { type Listed, OpenList } from './open-list.ts'

/** A request that was created and not sent yet. */
interface Waiting extends Listed {
  readonly authority: string
  /** Called where it turns out to go through a proxy that may not see it. */
  readonly withhold: () => void
}

const waitingRequests = hiddenField<Waiting>()

const MAX_TUNNELS = 1000

/**
 * Plain-HTTP requests that undici's proxy agents send through a tunnel, as `fetch` does under `NODE_USE_ENV_PROXY` on Node 22 and 24.
 * The request names only its target; that there is a proxy, which reads every byte of it, shows in a CONNECT
 * that comes after it was created and before it is sent.
 */
export class UndiciTunnels {
  /** All targets in one list: requests come and go all the time, and a proxy is asked for a tunnel once in a while. */
  readonly #waiting = new OpenList<Waiting>()
  readonly #closed = new BoundedCache<boolean>(MAX_TUNNELS)

  /** Whether requests to the target were seen to go through a proxy that may not see them. The tunnel is used again. */
  isClosed(authority: string): boolean {
    return this.#closed.size > 0 && this.#closed.get(authority) === true
  }

  /** Keeps a request in sight until it is sent. */
  watch(authority: string, request: object, withhold: () => void): void {
    this.forget(request)
    const entry: Waiting = { authority, withhold, place: -1 }
    waitingRequests.set(request, entry)
    this.#waiting.add(entry)
  }

  /** The request was sent, or never will be. */
  forget(request: object): void {
    const entry = waitingRequests.get(request)
    if (entry !== undefined) this.#waiting.remove(entry)
  }

  /** A proxy that may not see the ID was asked for a tunnel to the target. */
  close(authority: string): void {
    this.#closed.set(authority, true)
    for (const entry of this.#waiting) {
      if (entry.authority !== authority) continue
      entry.withhold()
      this.#waiting.remove(entry)
    }
  }
}
