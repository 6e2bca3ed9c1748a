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
const BODY = '{"id":"7"}'
const REQUEST = Buffer.from(
  'GET /api/plain/7 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: */*\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n',
)

/** Of the last request: what a variant was there for, so that none is cheap because it does nothing. */
const last = { answer: '', lines: [] }

const nowhere = new Writable({
  write(chunk, _encoding, done) {
    if (last.lines.push(chunk) > 2) last.lines.shift()
    done()
  },
})
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
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length })
  res.end(BODY)
}
const server = http.createServer(hook ? (req, res) => hook.middleware(req, res, () => answer(req, res)) : answer)

/** A connection without a network: each answer that is written lets the next request in. */
function connect() {
  let onAnswer
  const connection = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      done()
      if (!chunk.includes(BODY)) return
      last.answer = chunk
      onAnswer()
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

const send = connect()
process.on('message', async ({ type, count } = {}) => {
  if (type !== 'block') return
  const before = process.cpuUsage()
  await send(count)
  const { user, system } = process.cpuUsage(before)
  const [first, second] = last.lines.map((line) => JSON.parse(String(line)).correlation_id ?? null)
  const [, inAnswer = null] = /^x-correlation-id: (\S+)\r$/im.exec(String(last.answer)) ?? []
  process.send({ type: 'block', micros: (user + system) / count, ids: [first, second, inAnswer] })
})
process.on('SIGTERM', () => process.disconnect())
process.send({ type: 'listening' })
