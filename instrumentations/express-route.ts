// SPDX-License-Identifier: Apache-2.0

import { getRPCMetadata, RPCType } from '@opentelemetry/core'
import { activeContext } from '../src/correlation/active-context.ts'
import { hiddenField } from '../src/correlation/hidden-field.ts'
import { type Mount, mountOf } from './express-mount.ts'

type Handle = (this: object, request: object, response: unknown, next: unknown) => unknown

/** The class of Express' layers: an entry of a router's list, or of a route's. */
export type LayerClass = new (path: unknown, options: unknown, handler: unknown) => object

/** A layer that a request is inside of, or has just left. */
interface Inside {
  /** What the router passes to all of its layers: it tells one pass of one router from every other. */
  readonly next: unknown
  readonly outer: Inside | undefined
  /** The mount paths up to and with this layer's. */
  readonly path: string
  /** How much of the URL Express has cut off; undefined for a route, which leaves the URL whole for a router that it calls. */
  readonly baseUrl: string | undefined
}

/** What an HTTP instrumentation reads when the response ends. */
interface RouteHolder {
  readonly type: RPCType
  route?: string | undefined
}

interface Progress {
  readonly metadata: RouteHolder
  inside: Inside | undefined
}

interface RoutedRequest {
  readonly originalUrl?: unknown
  readonly baseUrl?: unknown
}

const mounts = hiddenField<Mount>()
const progresses = hiddenField<Progress>()

/**
 * Finds the route of each request that Express, or the package `router` alone, handles, and puts it where HTTP instrumentations look
 * for it: into the RPC metadata of the context.
 *
 * Upstream's instrumentation replaces the handler of each layer and its `next`, for spans that are off here. The route alone needs
 * less: each layer keeps the path that it was made with, and a request the chain of paths that it is inside of. That a layer
 * was left shows when the same pass of the router runs another, so that no callback has to be wrapped.
 *
 * @returns What takes the class' place: the same class, which notes the paths.
 */
export function findExpressRoutes(Layer: LayerClass): LayerClass {
  const prototype = Layer.prototype as Record<string, unknown>
  for (const name of ['handleRequest', 'handle_request']) {
    const original = prototype[name]
    if (typeof original === 'function') prototype[name] = noticing(original as Handle)
  }
  const noted = (layer: object, args: readonly unknown[]) => {
    try {
      const mount = mountOf(args)
      if (mount !== undefined) mounts.set(layer, mount)
    } catch {
      // The layer has no part in the route then.
    }
    return layer
  }
  return new Proxy(Layer, {
    construct: (target, args, newTarget) => noted(Reflect.construct(target, args, newTarget), args),
    apply: (target, self, args) => noted(Reflect.apply(target as never, self, args), args),
  })
}

function noticing(original: Handle): Handle {
  const handleRequest: Handle = function (request, response, next) {
    try {
      const mount = mounts.get(this)
      if (mount !== undefined) notice(mount, request, next)
    } catch {
      // The span has no route then; the request is handled all the same.
    }
    return original.call(this, request, response, next)
  }
  Object.defineProperty(handleRequest, 'name', { value: original.name, configurable: true })
  return handleRequest
}

function notice(mount: Mount, request: RoutedRequest, next: unknown): void {
  const progress = request === lastRequest ? lastProgress : progressOf(mount, request)
  if (progress === undefined) return
  const { inside } = progress
  let sibling = inside
  while (sibling !== undefined && sibling.next !== next) sibling = sibling.outer
  if (!mount.isRoot) {
    const baseUrl = typeof request.baseUrl === 'string' ? request.baseUrl : ''
    const outer = sibling === undefined ? enclosing(inside, baseUrl) : sibling.outer
    const path = outer === undefined ? mount.segment : outer.path + mount.segment
    progress.inside = { next, outer, path, baseUrl: mount.isRoute ? undefined : baseUrl }
    setRoute(progress, path === '' ? '/' : asRoute(path))
  } else if (sibling !== undefined) {
    progress.inside = sibling.outer
    setRoute(progress, sibling.outer === undefined ? rootRoute(request) : asRoute(sibling.outer.path))
  }
}

/** Layers run one after the other, nearly always for the same request: it is looked up once. */
let lastRequest: RoutedRequest | undefined
let lastProgress: Progress | undefined

/** @returns undefined for a request that nobody records. */
function progressOf(mount: Mount, request: RoutedRequest): Progress | undefined {
  let progress = progresses.get(request)
  if (progress === undefined) {
    const metadata = getRPCMetadata(activeContext())
    if (metadata !== undefined) {
      // Later the application may have lost the context; the metadata is the same for the whole request.
      progress = { metadata, inside: undefined }
      progresses.set(request, progress)
      if (mount.isRoot) setRoute(progress, rootRoute(request))
    }
  }
  lastRequest = request
  lastProgress = progress
  return progress
}

/** Another application may have had the request before and declined it: what it was inside of there is no part of the path here. */
function enclosing(inside: Inside | undefined, baseUrl: string): Inside | undefined {
  let found = inside
  while (found !== undefined && (found.baseUrl === undefined || !baseUrl.startsWith(found.baseUrl))) found = found.outer
  return found
}

function setRoute(progress: Progress, route: string | undefined): void {
  if (progress.metadata.type === RPCType.HTTP) progress.metadata.route = route
}

/** What is answered by no route is named after the URL where that is no more than a slash, as upstream does. */
function rootRoute(request: RoutedRequest): string | undefined {
  return request.originalUrl === '/' ? '/' : undefined
}

function asRoute(path: string): string {
  const route = path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path
  return route.startsWith('/') || route.startsWith('*') ? route : `/${route}`
}
