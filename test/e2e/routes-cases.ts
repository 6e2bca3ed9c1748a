// SPDX-License-Identifier: Apache-2.0

/** One request to test/fixtures/routes-app.cjs. */
export interface RouteCase {
  readonly request: `${string} /${string}`
  /** The route of our span; undefined for none. */
  readonly route: string | undefined
  /** What Express 4 has instead, or where there is no such route in it. */
  readonly route4?: string | undefined
  readonly status?: number
  /** Where upstream says something else, in either Express, and why that is wrong. */
  readonly upstream?: { readonly route: string | undefined; readonly because: string }
}

const CASE = 'it compares the route with the URL as text, and Express matches paths in any case'
const NO_ROUTE = 'it compares the route with the URL as text, and patterns without a colon or a star are none'

/** The same answer as upstream's, unless the row says why not. */
export const ROUTE_CASES: readonly RouteCase[] = [
  { request: 'GET /', route: '/' },
  {
    request: 'GET /?q=1',
    route: '/',
    upstream: { route: undefined, because: 'a query does not change which route matched' },
  },
  { request: 'GET /plain', route: '/plain' },
  { request: 'GET /plain?q=1', route: '/plain' },
  { request: 'GET /plain/', route: '/plain' },
  { request: 'GET /PLAIN', route: '/plain', upstream: { route: undefined, because: CASE } },
  { request: 'POST /plain', route: '/plain' },
  { request: 'HEAD /plain', route: '/plain' },
  { request: 'OPTIONS /plain', route: undefined },
  { request: 'OPTIONS /api/items/1', route: '/api' },
  { request: 'DELETE /any', route: '/any' },
  { request: 'PUT /table', route: '/table' },
  { request: 'DELETE /table', route: undefined, status: 404 },
  { request: 'GET /users/7', route: '/users/:id' },
  { request: 'GET /USERS/7', route: '/users/:id' },
  { request: 'GET /right', route: '/left,/right' },
  { request: 'GET /number/5', route: '/^\\/number\\/(\\d+)$/' },
  { request: 'GET /chain', route: '/chain' },
  { request: 'GET /files/a/b', route: '/files/*path', route4: '/files/*' },
  { request: 'GET /optional/1', route: '/optional{/:id}', route4: '/optional/:id?' },
  { request: 'GET /optional', route: '/optional{/:id}', route4: '/optional/:id?' },
  {
    request: 'GET /letters/ac',
    route: '/letters{/b}/ac',
    route4: '/letters/ab?c',
    upstream: { route: undefined, because: NO_ROUTE },
  },
  { request: 'GET /end/of/all', route: '/end/{*rest}', route4: '/end/*' },

  { request: 'GET /api/leaves', route: '/api/leaves' },
  { request: 'GET /API/leaves', route: '/api/leaves', upstream: { route: undefined, because: CASE } },
  { request: 'GET /api/leaves/leaf/x', route: '/api/leaves/leaf/:leaf' },
  { request: 'GET /api/items/9', route: '/api/items/:item' },
  { request: 'GET /again/v1/items/2', route: '/again/:version/items/:item' },
  { request: 'GET /again/v2/leaves/leaf/3', route: '/again/:version/leaves/leaf/:leaf' },
  { request: 'GET /two/leaf/3', route: '/one,/two/leaf/:leaf' },
  { request: 'GET /bare', route: '/bare' },
  { request: 'GET /barer/1', route: '/barer/:id' },
  { request: 'GET /by-hand/leaf/1', route: '/by-hand/leaf/:leaf' },
  {
    request: 'GET /pair/leaf/1',
    route: '/pair/leaf/:leaf',
    upstream: { route: '/leaf/:leaf', because: 'of several handlers of one `router.use` it sees the last only' },
  },
  {
    request: 'GET /inside/1',
    route: '/inside/:id',
    upstream: { route: '/inside/:id/inside/:id', because: 'a route leaves the URL whole for a router that it calls' },
  },
  { request: 'GET /shop/goods', route: '/shop/goods' },
  { request: 'GET /shop/till/pay/1', route: '/shop/till/pay/:id' },

  { request: 'GET /maybe/1', route: '/maybe/:other' },
  { request: 'GET /maybe/2', route: '/maybe/:id' },
  { request: 'GET /guarded/in', route: '/guarded/in' },
  { request: 'GET /guarded/in?in=1', route: '/guarded/in' },
  { request: 'GET /param/1', route: '/param/:id' },
  { request: 'GET /param/bad', route: '/param', status: 500 },
  {
    request: 'GET /rewritten',
    route: '/target',
    upstream: { route: undefined, because: 'it compares the route with the URL that the client sent' },
  },
  { request: 'GET /later', route: '/later' },
  {
    request: 'GET /lost/1',
    route: '/lost/:id',
    upstream: { route: '/lost', because: 'it finds the span in the active context only, which the application lost' },
  },

  { request: 'GET /wall/x', route: '/wall', status: 401 },
  { request: 'GET /static/routes.cjs', route: '/static' },
  { request: 'GET /static/none', route: undefined, status: 404 },
  { request: 'GET /not-found/x', route: '/not-found', status: 404 },
  { request: 'GET /broken/x', route: '/broken', status: 500 },
  { request: 'GET /broken-route', route: '/broken-route', status: 500 },
  { request: 'GET /rejects', route: '/rejects', status: 500 },
  { request: 'GET /api/leaves/error', route: '/api/leaves/error', status: 500 },

  { request: 'GET /none', route: undefined, status: 404 },
  { request: 'GET /api', route: undefined, status: 404 },
  { request: 'GET /api/none', route: undefined, status: 404 },
  { request: 'GET /api/leaves/declined', route: undefined, status: 404 },
  { request: 'GET /shop/none', route: undefined, status: 404 },
  { request: 'GET /maybe-only', route: undefined, status: 404 },
  { request: 'GET /last/none', route: '/last', status: 404 },
  { request: 'GET /last/declined', route: '/last/declined', status: 404 },
  { request: 'GET /declines', route: '/declines', status: 404 },
  {
    request: 'GET /recovered',
    route: undefined,
    status: 404,
    upstream: { route: '/recovered', because: 'the route was left, by way of an error that a handler took back' },
  },
]
