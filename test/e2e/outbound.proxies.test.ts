// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { linesOf, type Outbound, startOutbound, TLS_SINK } from '../support/outbound.ts'

interface Proxy {
  readonly port: number
  /** Every byte that clients sent it. */
  bytes(): string
}

/** A forward proxy: tunnels for CONNECT, and otherwise the request as it came to the host of its absolute path. */
async function startProxy(t: TestContext): Promise<Proxy> {
  let bytes = ''
  const server = createServer((client) => {
    client.once('data', (first) => {
      const head = first.toString('latin1')
      bytes += head
      const [method, target = ''] = head.split(' ')
      const { hostname, port } = new URL(method === 'CONNECT' ? `http://${target}` : target)
      const upstream = connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
      if (method === 'CONNECT') client.write('HTTP/1.1 200 OK\r\n\r\n')
      else upstream.write(first)
      client.on('data', (chunk) => {
        bytes += chunk.toString('latin1')
      })
      client.pipe(upstream).pipe(client)
      upstream.on('error', () => client.destroy())
    })
    client.on('error', () => {})
  })
  server.listen(0, '::')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, bytes: () => bytes }
}

const CLIENTS = ['http.get', 'http.request(options)', 'fetch']

/** Calls once through the proxy and tells who saw the ID. */
async function whoSaw(outbound: Outbound, proxy: Proxy, client: string, url: string, options = {}): Promise<string> {
  const { id, requests } = await outbound.call({ client, url, options })
  const [request] = requests
  assert.ok(request, `${client} has come through`)
  const lines = linesOf(request, 'x-correlation-id')
  assert.ok(lines.length === 0 || (lines.length === 1 && lines[0] === id), request.head)
  return [proxy.bytes().includes(id) && 'proxy', lines.length > 0 && 'target'].filter(Boolean).join(' and ')
}

const envOf = (host: string, { port }: Proxy, more = {}) => ({
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: `http://${host}:${port}`,
  HTTPS_PROXY: `http://${host}:${port}`,
  ...more,
})

/** `node:http` reads the variables of proxies since Node 22.21. */
const node = process.env['CORRELATION_TEST_NODE'] ?? process.execPath
const version = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout
const [major, minor] = version.split('.').map(Number)
const skip = major === 22 && (minor ?? 0) < 21

describe('outbound requests through proxies', { concurrency: 2, skip }, () => {
  for (const { proxyHost, target, seen } of [
    { proxyHost: '127.0.0.2', target: '127.0.0.2', seen: 'proxy and target' },
    { proxyHost: '127.0.0.2', target: '127.0.0.3', seen: '' },
    { proxyHost: '127.0.0.3', target: '127.0.0.2', seen: '' },
    { proxyHost: '[::1]', target: '127.0.0.2', seen: '' },
  ]) {
    it(`a proxy at ${proxyHost} in front of ${target}: ${seen || 'nobody'} sees the ID`, async (t) => {
      const proxy = await startProxy(t)
      const outbound = await startOutbound(t, { env: envOf(proxyHost, proxy) })
      for (const client of [...CLIENTS, ...CLIENTS]) {
        assert.equal(await whoSaw(outbound, proxy, client, `http://${target}:{port}/`), seen, client)
      }
      const options = { proxy: `http://${proxyHost}:${proxy.port}` }
      const before = proxy.bytes().length
      assert.equal(await whoSaw(outbound, proxy, 'undici.ProxyAgent', `http://${target}:{port}/`, options), seen)
      assert.ok(proxy.bytes().length > before)
    })
  }

  it('requests at once behind a denied proxy: none carries the ID', async (t) => {
    const proxy = await startProxy(t)
    const outbound = await startOutbound(t, { env: envOf('127.0.0.3', proxy) })
    await Promise.all(
      Array.from({ length: 10 }, () => outbound.call({ client: 'fetch', url: 'http://127.0.0.2:{port}/' })),
    )
    assert.equal(outbound.sink.requests.length, 10)
    assert.doesNotMatch(proxy.bytes(), /correlation/i)
  })

  it('NO_PROXY: the proxy is not on the way, so it has no say', async (t) => {
    const proxy = await startProxy(t)
    const outbound = await startOutbound(t, { env: envOf('127.0.0.3', proxy, { NO_PROXY: '127.0.0.2' }) })
    for (const client of CLIENTS) {
      assert.equal(await whoSaw(outbound, proxy, client, 'http://127.0.0.2:{port}/'), 'target', client)
    }
    assert.equal(proxy.bytes(), '')
  })

  it('https: the proxy sees a tunnel only, and the target decides', async (t) => {
    const proxy = await startProxy(t)
    const outbound = await startOutbound(t, { env: envOf('127.0.0.3', proxy) }, undefined, TLS_SINK)
    for (const client of ['https.get', 'fetch']) {
      assert.equal(await whoSaw(outbound, proxy, client, 'https://127.0.0.2:{port}/'), 'target', client)
      assert.equal(await whoSaw(outbound, proxy, client, 'https://127.0.0.3:{port}/'), '', client)
    }
    assert.match(proxy.bytes(), /CONNECT/)
  })
})
