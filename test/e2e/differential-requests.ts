// SPDX-License-Identifier: Apache-2.0

/** Raw bytes of one exchange. */
export interface RawCase {
  readonly bytes: string
  /** Answered by Node's parser or on a bare socket: the application's response objects have no part in it. */
  readonly isNodes?: boolean
}

const CLOSE = 'Connection: close\r\n'

function get(path: string, ...lines: readonly string[]): RawCase {
  return withMethod('GET', path, ...lines)
}

function withMethod(method: string, path: string, ...lines: readonly string[]): RawCase {
  const head = lines.map((line) => `${line}\r\n`).join('')
  return { bytes: `${method} ${path} HTTP/1.1\r\nHost: h\r\n${head}${CLOSE}\r\n` }
}

function post(path: string, type: string, body: string, ...lines: readonly string[]): RawCase {
  const { bytes } = withMethod('POST', path, `Content-Type: ${type}`, `Content-Length: ${body.length}`, ...lines)
  return { bytes: bytes + body }
}

function chunked(path: string, type: string, ...chunks: readonly string[]): RawCase {
  const { bytes } = withMethod('POST', path, `Content-Type: ${type}`, 'Transfer-Encoding: chunked')
  return { bytes: `${bytes}${chunks.map((c) => `${c.length.toString(16)}\r\n${c}\r\n`).join('')}0\r\n\r\n` }
}

function pipelined(...requests: readonly RawCase[]): RawCase {
  const all = requests.map(({ bytes }) => bytes)
  return { bytes: all.map((bytes, i) => (i < all.length - 1 ? bytes.replace(CLOSE, '') : bytes)).join('') }
}

const ACCEPTS = ['*/*', 'text/html', 'text/plain', 'application/xml', 'application/json, text/plain, */*']

/** What breaks the protocol, or bends it: the same for every server. */
const ODD: Readonly<Record<string, RawCase>> = {
  'HTTP/1.0': { bytes: 'GET / HTTP/1.0\r\n\r\n' },
  'HTTP/1.0 with keep-alive': { bytes: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n' },
  'no Host': { bytes: `GET / HTTP/1.1\r\n${CLOSE}\r\n` },
  'two Hosts': { bytes: `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${CLOSE}\r\n` },
  'no HTTP at all': { bytes: 'hello\r\n\r\n', isNodes: true },
  'an unknown method': { bytes: `BREW / HTTP/1.1\r\nHost: h\r\n${CLOSE}\r\n`, isNodes: true },
  'a bad header line': { bytes: 'GET / HTTP/1.1\r\nHost: h\r\nbad line\r\n\r\n', isNodes: true },
  'a head that is too long': { bytes: `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, isNodes: true },
  'a length and chunks': {
    bytes: 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    isNodes: true,
  },
  'an absolute target': get('http://other.example/'),
  'a target that is no path': get('*'),
  'a path with a broken escape': get('/%'),
  'HEAD /': withMethod('HEAD', '/'),
  'HEAD of no such page': withMethod('HEAD', '/missing'),
  'OPTIONS /': withMethod('OPTIONS', '/'),
  'OPTIONS *': withMethod('OPTIONS', '*'),
  'two pipelined': pipelined(get('/'), get('/missing')),
  'many pipelined': pipelined(...Array.from({ length: 20 }, (_, i) => get(i % 2 === 0 ? '/' : `/missing/${i}`))),
  'Expect: 100-continue': post('/raw', 'text/plain', 'body', 'Expect: 100-continue'),
  'another expectation': get('/', 'Expect: something'),
  'a hostile ID': get('/', 'X-Correlation-ID: <script>alert(1)</script>'),
  'a Latin-1 ID': get('/', 'X-Correlation-ID: \u00e9\u00e8'),
  'repeated IDs': get('/', 'X-Correlation-ID: a', 'X-Correlation-ID: b'),
  'hostile baggage': get('/', 'baggage: correlation.id=%0d%0a,=,;;'),
  'two hundred header lines': get('/', ...Array.from({ length: 200 }, (_, i) => `X-${i}: ${i}`)),
}

export const EXPRESS_REQUESTS: Readonly<Record<string, RawCase>> = {
  ...ODD,
  'hello world': get('/'),
  'no such page': get('/no-such-page'),
  'no such page below a router': get('/pets/1/2/3'),
  'no such page below a mounted app': get('/admin/no-such-page'),
  'a param': get('/user/1'),
  'a param that fails': get('/user/9'),
  'two params': get('/range/0/2'),
  ...Object.fromEntries(ACCEPTS.map((accept) => [`users as ${accept}`, get('/users', `Accept: ${accept}`)])),
  ...Object.fromEntries(
    ACCEPTS.filter((accept) => accept !== 'application/json').map((accept) => [
      `an error as ${accept}`,
      get('/throw', `Accept: ${accept}`),
    ]),
  ),
  cookies: get('/cookie'),
  'cleared cookies': get('/forget'),
  JSON: post('/json', 'application/json', '{"a":1}'),
  'bad JSON': post('/json', 'application/json', '{"a":'),
  'too much JSON': post('/json', 'application/json', `"${'x'.repeat(2000)}"`),
  'JSON in chunks': chunked('/json', 'application/json', '{"a"', ':1}'),
  'bad chunks': { bytes: 'POST /json HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n' },
  'an unknown charset': post('/json', 'application/json; charset=klingon', '{}'),
  'a form': post('/form', 'application/x-www-form-urlencoded', 'name=tobi'),
  text: post('/text', 'text/plain', 'plain'),
  'a body that nobody reads': post('/missing', 'text/plain', 'x'.repeat(70_000)),
  'a body that is counted': chunked('/raw', 'text/plain', 'one', 'two', 'three'),
  'OPTIONS of a route': withMethod('OPTIONS', '/pets/1'),
  'PUT of a resource': withMethod('PUT', '/pets/1'),
  'DELETE of a resource': withMethod('DELETE', '/pets/1'),
  resources: get('/pets'),
  'a mounted app': get('/admin'),
  'an error in a mounted app': get('/admin/broken'),
  'an error page of its own': get('/admin/own'),
  'a file': get('/static/hello.txt'),
  'a range of a file': get('/static/hello.txt', 'Range: bytes=2-5'),
  'a range beyond the file': get('/static/hello.txt', 'Range: bytes=900-'),
  'HEAD of a file': withMethod('HEAD', '/static/hello.txt'),
  'an index': get('/static/'),
  'a redirect to a folder': get('/static'),
  'a forbidden path': get('/static/..%2f..%2fpackage.json'),
  'a download': get('/download'),
  'a piped file': get('/pipe'),
  'a stream': get('/chunks'),
  'a stream over HTTP/1.0': { bytes: 'GET /chunks HTTP/1.0\r\n\r\n' },
  trailers: get('/trailers'),
  'an aborted stream': get('/abort'),
  JSONP: get('/jsonp?callback=f'),
  ...Object.fromEntries(['204', '304', '404', '500', '599'].map((code) => [`status ${code}`, get(`/status/${code}`)])),
  'an invalid status': get('/status/42'),
  'sendStatus 418': get('/send-status/418'),
  'a redirect': get('/redirect'),
  'HEAD of a redirect': withMethod('HEAD', '/redirect'),
  bytes: get('/buffer'),
  'links and attachments': get('/links'),
  'not modified': get('/', 'If-None-Match: W/"b-Ck1VqNd45QIvq3AZd8XYQLvEhtA"'),
  'no entity tag matches': get('/', 'If-None-Match: "x"'),
  'a raw head': get('/pairs'),
  'a thrown error': get('/throw'),
  'HEAD of a thrown error': withMethod('HEAD', '/throw'),
  'an error handed on': get('/next'),
  'a rejection': get('/reject'),
  'an error with headers': get('/headers-of-error'),
  'an error behind the head': get('/late'),
  'an error behind own headers': get('/page-and-next'),
}

/** Ways to write a head, by their names in the fixture. */
export const HEADS: readonly string[] =
  `no-argument reason-only object reason-object undefined-object both-objects flat reason-flat pairs web-headers
  headers-instance map empty-array empty-object null-prototype inherited null number set-object set-flat set-pairs set-two-pairs
  set-removed-object append-then-none set-headers writeHeader-object writeHeader-pairs odd-flat odd-flat-three half-pair
  mixed-pairs nothing-in-array undefined-value own-undefined bad-name bad-value bad-reason status-zero status-text
  status-thousand twice after-write not-modified no-content early processing redirect flush no-date close`.split(/\s+/)

export const HTTP_REQUESTS: Readonly<Record<string, RawCase>> = {
  ...ODD,
  ...Object.fromEntries(HEADS.map((name) => [`writeHead ${name}`, get(`/head/${name}`)])),
  ...Object.fromEntries(HEADS.map((name) => [`HEAD with writeHead ${name}`, withMethod('HEAD', `/head/${name}`)])),
  'a stream through gzip': get('/gzip'),
  'a body piped back': post('/echo', 'text/plain', 'x'.repeat(10_000)),
  'chunks piped back': chunked('/echo', 'text/plain', 'a', 'bc', 'def'),
  'a length of its own': get('/length'),
  'no body': get('/nothing'),
  'a destroyed socket': get('/destroy'),
  'an upgrade': {
    bytes: 'GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    isNodes: true,
  },
  CONNECT: { bytes: 'CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n', isNodes: true },
}
