// SPDX-License-Identifier: Apache-2.0
import { callerApiVersion } from './caller-api-version.ts'

/** The kinds of globals that the OpenTelemetry API keeps. */
export type ApiKind = 'trace' | 'context' | 'propagation' | 'metrics' | 'logs' | 'diag'

/** The object that every copy of the API in the process shares. */
export type ApiValues = Partial<Record<ApiKind, unknown>> & { readonly version: string }

const KEY = Symbol.for('opentelemetry.js.api.1')
const KINDS: readonly ApiKind[] = ['trace', 'context', 'propagation', 'metrics', 'logs', 'diag']

/** What was registered before us. */
export function readApiGlobal(): ApiValues | undefined {
  return (globalThis as Record<symbol, unknown>)[KEY] as ApiValues | undefined
}

/**
 * Stands in for the API's global object while an SDK may still be started, and hears of each registration.
 *
 * The API gives a slot to whoever comes first and refuses the others. A preload always comes first: the application's own SDK
 * would then register nothing, and its exporter would receive nothing. So the slots look free to code that registers, while
 * they are filled for code that reads. `registerGlobal` assigns the global object to itself before it looks at it, and reads
 * do not, which tells the two apart, whichever copy of the API it is, loaded by `require` or `import`.
 *
 * A registering copy also insists on its own exact version. It is told what it wants to hear, because a 1.9 copy works with
 * the objects of 1.10; otherwise an application on OpenTelemetry 2.x could not start its SDK beside ours.
 */
export class ApiGlobal {
  readonly #version: string
  readonly #values: Map<ApiKind, unknown>
  readonly #onRegister: (kind: ApiKind, value: unknown) => unknown
  #registering = false
  #collected: Map<ApiKind, unknown> | undefined

  /**
   * @param values - What readers see.
   * @param onRegister - Gets what is registered, and returns what readers see from then on.
   */
  constructor(
    version: string,
    values: ReadonlyMap<ApiKind, unknown>,
    onRegister: (kind: ApiKind, value: unknown) => unknown,
  ) {
    this.#version = version
    this.#values = new Map(values)
    this.#onRegister = onRegister
  }

  /** What readers see. */
  get(kind: ApiKind): unknown {
    return this.#values.get(kind)
  }

  set(kind: ApiKind, value: unknown): void {
    this.#values.set(kind, value)
  }

  /** Puts the stand-in in place. */
  install(): void {
    const standIn = Object.defineProperties({}, Object.fromEntries(KINDS.map((kind) => [kind, this.#slot(kind)])))
    Object.defineProperty(standIn, 'version', {
      enumerable: true,
      configurable: true,
      get: () => {
        if (!this.#registering) return this.#version
        this.#registering = false
        return callerApiVersion() ?? this.#version
      },
    })
    Object.defineProperty(globalThis, KEY, {
      configurable: true,
      enumerable: false,
      get: () => standIn,
      set: (value: unknown) => {
        if (value !== standIn) return
        this.#restoreDeleted(standIn)
        this.#registering = true
      },
    })
  }

  /** Runs code that registers, and returns what it registered instead of taking it over. */
  collect<Result>(run: () => Result): { readonly result: Result; readonly values: ReadonlyMap<ApiKind, unknown> } {
    const values = new Map<ApiKind, unknown>()
    this.#collected = values
    try {
      return { result: run(), values }
    } finally {
      this.#collected = undefined
    }
  }

  /** Replaces the stand-in by an ordinary object: from here on the API's own rule holds, and reads cost nothing extra. */
  settle(): void {
    const values = Object.fromEntries([...this.#values].filter(([, value]) => value !== undefined))
    Object.defineProperty(globalThis, KEY, {
      configurable: true,
      enumerable: false,
      writable: true,
      value: { version: this.#version, ...values },
    })
  }

  /** `trace.disable()` deletes its slot: what is registered next would stay unheard of, and ours go on beside it. */
  #restoreDeleted(standIn: object): void {
    for (const kind of KINDS) {
      if (Object.hasOwn(standIn, kind)) continue
      this.#values.delete(kind)
      Object.defineProperty(standIn, kind, this.#slot(kind))
    }
  }

  #slot(kind: ApiKind): PropertyDescriptor {
    return {
      enumerable: true,
      configurable: true,
      get: () => (this.#registering ? undefined : this.#values.get(kind)),
      set: (value: unknown) => {
        this.#registering = false
        if (this.#collected !== undefined && kind !== 'propagation' && kind !== 'diag') this.#collected.set(kind, value)
        else this.#values.set(kind, this.#onRegister(kind, value))
      },
    }
  }
}
