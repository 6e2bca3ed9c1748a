// SPDX-License-Identifier: Apache-2.0
'use strict'

const http = require('node:http')
const { Duplex, Writable } = require('node:stream')
const winston = require('winston')

/**
 * What a variant adds to a request where nothing else costs: Node's own HTTP server on a stream in memory, a handler that logs two lines and
 * answers, log lines that go nowhere. No socket, no Express, no other process. Meant for variants that export nothing: at this rate a queue of spans
 * is always full.
 */
const WARM_UP = 20_000
const BLOCK = 10_000
const BLOCKS = 9
const REQUEST = Buffer.from(
  'GET /api/plain/7 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: */*\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n',
)

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
const hook = process.env.BENCH_HOOK ? require(process.env.BENCH_HOOK) : undefined
const logger = winston.createLogger({
  format: winston.format.combine(
    ...(hook ? [hook.format(winston)] : []),
    winston.format.timestamp(),
    winston.format.json(),
  ),
  transports: [new winston.transports.Stream({ stream: nowhere })],
})
const answer = (req, res) => {
  logger.info('request received', { method: req.method })
  logger.info('request answered', { user: 'guest' })
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': 10 })
  res.end('{"id":"7"}')
}
const server = http.createServer(hook ? (req, res) => hook.middleware(req, res, () => answer(req, res)) : answer)

/** A connection without a network: each answer that is written lets the next request in. */
function connect() {
  let onAnswer
  const connection = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      done()
      if (chunk.includes('{"id":"7"}')) onAnswer()
    },
  })
  connection.remoteAddress = '127.0.0.1'
  connection.remotePort = 40_000
  connection.localAddress = '127.0.0.1'
  connection.localPort = 3_000
  connection.setNoDelay = () => connection
  connection.setKeepAlive = () => connection
  connection.setTimeout = () => connection
  server.emit('connection', connection)
  return (count) =>
    new Promise((resolve) => {
      let left = count
      onAnswer = () => {
        left -= 1
        if (left === 0) resolve()
        else setImmediate(() => connection.push(REQUEST))
      }
      connection.push(REQUEST)
    })
}

async function main() {
  const send = connect()
  await send(WARM_UP)
  const blocks = []
  for (let block = 0; block < BLOCKS; block += 1) {
    const before = process.cpuUsage()
    await send(BLOCK)
    const { user, system } = process.cpuUsage(before)
    blocks.push((user + system) / BLOCK)
  }
  process.send({ type: 'parts', micros: blocks.toSorted((a, b) => a - b)[Math.floor(BLOCKS / 2)] })
  process.disconnect()
}

main()
