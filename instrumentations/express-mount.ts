// SPDX-License-Identifier: Apache-2.0

/** Where a layer of Express stands. */
export interface Mount {
  /** What the layer adds to the route; empty for a path that stands for everything below. */
  readonly segment: string
  /** A middleware or router at `/`, or without a path: every request comes by, and it adds nothing. */
  readonly isRoot: boolean
  readonly isRoute: boolean
}

const ROOT: Mount = { segment: '', isRoot: true, isRoute: false }

/** Part of Express 4 itself: the first two layers of each application. */
const OWN_LAYERS: ReadonlySet<unknown> = new Set(['query', 'expressInit'])

/**
 * Reads from the arguments of a layer where it will stand.
 *
 * @returns undefined for a layer that has no part in the route: a handler inside a route, an error handler.
 */
export function mountOf([path, options, handler]: readonly unknown[]): Mount | undefined {
  const end = (options as { readonly end?: unknown } | undefined)?.end
  if (typeof end !== 'boolean' || typeof handler !== 'function' || handler.length > 3) return undefined
  if (path === '/' && !end) return OWN_LAYERS.has(handler.name) ? undefined : ROOT
  const text = textOf(path)
  const isEverything = text === '/' || text === '/*' || /^\/\{\*[^}]*\}$/.test(text)
  return { segment: isEverything ? '' : text, isRoot: false, isRoute: end }
}

/** As upstream writes it, so that dashboards stay: an array with commas, a regular expression as it is. */
function textOf(path: unknown): string {
  return Array.isArray(path) ? path.map(textOfOne).join(',') : textOfOne(path)
}

function textOfOne(path: unknown): string {
  return typeof path === 'string' || typeof path === 'number' || path instanceof RegExp ? String(path) : ''
}
