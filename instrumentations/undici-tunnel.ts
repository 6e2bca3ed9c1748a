// SPDX-License-Identifier: Apache-2.0

import { hiddenField } from '../src/correlation/hidden-field.ts'
import { BoundedCache } from '../src/propagation/bounded-cache.ts'
import { type Listed, OpenList } from './open-list.ts'

/** A request that was created and not sent yet. */
interface Waiting extends Listed {
  /** Called where it turns out to go through a proxy that may not see it. */
  readonly withhold: () => void
  readonly others: OpenList<Waiting>
}

const waitingRequests = hiddenField<Waiting>()

const MAX_TUNNELS = 1000

/**
 * Plain-HTTP requests that undici's proxy agents send through a tunnel, as `fetch` does under `NODE_USE_ENV_PROXY` on Node 22 and 24.
 * The request names only its target; that there is a proxy, which reads every byte of it, shows in a CONNECT
 * that comes after it was created and before it is sent.
 */
export class UndiciTunnels {
  readonly #waiting = new Map<string, OpenList<Waiting>>()
  readonly #closed = new BoundedCache<boolean>(MAX_TUNNELS)

  /** Whether requests to the target were seen to go through a proxy that may not see them. The tunnel is used again. */
  isClosed(authority: string): boolean {
    return this.#closed.get(authority) === true
  }

  /** Keeps a request in sight until it is sent. */
  watch(authority: string, request: object, withhold: () => void): void {
    this.#take(request)
    let others = this.#waiting.get(authority)
    if (others === undefined) {
      others = new OpenList()
      this.#waiting.set(authority, others)
    }
    const entry: Waiting = { withhold, others, place: -1 }
    waitingRequests.set(request, entry)
    others.add(entry)
  }

  /** The request was sent, or never will be. */
  forget(authority: string, request: object): void {
    this.#take(request)
    // The next request goes to the same target, more often than not; crawlers call any number of them.
    if (this.#waiting.size > MAX_TUNNELS && this.#waiting.get(authority)?.size === 0) this.#waiting.delete(authority)
  }

  /** A proxy that may not see the ID was asked for a tunnel to the target. */
  close(authority: string): void {
    this.#closed.set(authority, true)
    for (const entry of this.#waiting.get(authority) ?? []) entry.withhold()
    this.#waiting.delete(authority)
  }

  #take(request: object): void {
    const entry = waitingRequests.get(request)
    entry?.others.remove(entry)
  }
}
