// SPDX-License-Identifier: Apache-2.0

export interface DemoRequest {
  readonly title: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** What the demo sends to the shop. */
export const DEMO_REQUESTS: readonly DemoRequest[] = [
  { title: 'A client that sends no ID', path: '/checkout/tea', headers: {} },
  { title: 'A client with an ID of its own', path: '/checkout/coffee', headers: { 'x-correlation-id': 'order-4711' } },
  {
    title: 'A hostile client: its "ID" goes nowhere, a new one is made',
    path: '/checkout/cake',
    headers: { 'x-correlation-id': '"><script>alert(1)</script>' },
  },
  { title: 'A request that fails in the third service', path: '/checkout/gold-plated-kettle', headers: {} },
]
