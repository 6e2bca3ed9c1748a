// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import winston from 'winston'

const { combine, json, timestamp } = winston.format
const log = winston.createLogger({
  format: combine(timestamp(), json()),
  transports: [new winston.transports.Console()],
})
const { HOST = '127.0.0.1', PORT = 0 } = process.env

const server = createServer(async (req, res) => {
  const item = decodeURIComponent(req.url.replace('/prices/', ''))
  log.info(`looking up ${item}`)
  await sleep(5)
  const price = item.length * 2
  if (price > 20) log.warn(`${item} is expensive`)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ item, price }))
})
server.listen(Number(PORT), HOST, () => console.log(JSON.stringify({ listening: server.address().port })))
