// SPDX-License-Identifier: Apache-2.0
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

/**
 * The upstream context manager with a settable ground: what is active where nothing else is. A script that was started
 * under an ID (`CORRELATION_FROM_ENV`) has it there; `enterWith` would not reach code that runs from a callback of the loader.
 */
export class GroundedContextManager extends AsyncLocalStorageContextManager {
  #ground: Context = ROOT_CONTEXT

  override active(): Context {
    const active = super.active()
    return active === ROOT_CONTEXT ? this.#ground : active
  }

  setGround(context: Context): void {
    this.#ground = context
  }
}
