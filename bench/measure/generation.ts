// SPDX-License-Identifier: Apache-2.0

/** One running process for each of a list, idle while another is measured. */
export interface Generation<V, P> extends AsyncDisposable {
  readonly processes: readonly (readonly [V, P])[]
}

/** Starts them one after the other; ends those that run already when one of them does not. */
export async function startGeneration<V, P extends AsyncDisposable>(
  list: readonly V[],
  start: (one: V) => Promise<P>,
): Promise<Generation<V, P>> {
  await using stack = new AsyncDisposableStack()
  const processes: (readonly [V, P])[] = []
  for (const one of list) processes.push([one, stack.use(await start(one))])
  const kept = stack.move()
  return { processes, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
