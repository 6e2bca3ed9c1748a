// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, it } from 'node:test'
import { proxyOf } from '../../../instrumentations/http-proxy.ts'

const ABSOLUTE = { protocol: 'http:', path: 'http://target.example/x' }
const ORIGIN = { protocol: 'http:', path: '/x' }
const TLS = { protocol: 'https:', path: '/x' }
const UNKNOWN = { host: undefined, port: undefined }

const nodeAgent = (url: string, NO_PROXY?: string) => {
  const proxyEnv = { HTTP_PROXY: url, HTTPS_PROXY: url, ...(NO_PROXY && { NO_PROXY }) }
  return new http.Agent({ proxyEnv } as http.AgentOptions)
}

const CASES: Readonly<Record<string, readonly [request: typeof ORIGIN, agent: object, expected: object | undefined]>> =
  {
    'no proxy': [ABSOLUTE, new http.Agent(), undefined],
    'an https request, which is tunnelled': [TLS, { proxy: new URL('http://p.example') }, undefined],
    "Node's own": [ABSOLUTE, nodeAgent('http://p.example:3128'), { host: 'p.example', port: 3128 }],
    "Node's own, with credentials": [
      ABSOLUTE,
      nodeAgent('http://u:p@p.example:3128'),
      { host: 'p.example', port: 3128 },
    ],
    "Node's own, at the default port": [ABSOLUTE, nodeAgent('http://p.example'), { host: 'p.example', port: 80 }],
    "Node's own, over TLS": [ABSOLUTE, nodeAgent('https://p.example'), { host: 'p.example', port: 443 }],
    "Node's own, IPv6": [ABSOLUTE, nodeAgent('http://[::1]:3128'), { host: '[::1]', port: 3128 }],
    "Node's own, passed by": [ORIGIN, nodeAgent('http://p.example:3128', 'target.example'), undefined],
    'an agent with a URL': [ABSOLUTE, { proxy: new URL('http://p.example:1') }, { host: 'p.example', port: 1 }],
    'an agent with options': [ORIGIN, { proxy: { host: 'p.example', port: '1' } }, { host: 'p.example', port: 1 }],
    'an agent with url.parse()': [
      ORIGIN,
      { proxy: { href: 'http://p.example:1/', host: 'p.example:1', hostname: 'p.example', port: '1' } },
      { host: 'p.example', port: 1 },
    ],
    'an agent with a text': [ORIGIN, { proxy: 'http://p.example' }, UNKNOWN],
    'an agent with an empty object': [ORIGIN, { proxy: {} }, { host: undefined, port: 80 }],
    'a port that is none': [
      ORIGIN,
      { proxy: { host: 'p.example', port: 'x' } },
      { host: 'p.example', port: undefined },
    ],
  }

describe('proxyOf', () => {
  for (const [name, [request, agent, expected]] of Object.entries(CASES)) {
    it(name, () => assert.deepEqual(proxyOf(request, agent), expected))
  }
})
