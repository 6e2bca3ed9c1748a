// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import winston from 'winston'

const { combine, json, timestamp } = winston.format
const log = winston.createLogger({
  format: combine(timestamp(), json()),
  transports: [new winston.transports.Console()],
})
const { STOCK_URL, HOST = '127.0.0.1', PORT = 0 } = process.env

const server = createServer(async (req, res) => {
  const item = decodeURIComponent(req.url.replace('/prices/', ''))
  log.info(`looking up ${item}`)
  await sleep(5)
  if (STOCK_URL) await count(item)
  const price = item.length * 2
  if (price > 20) log.warn(`${item} is expensive`)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ item, price }))
})

/** The price does not depend on it: without an answer the item is sold all the same. */
async function count(item) {
  try {
    const answer = await fetch(`${STOCK_URL}/stock/${encodeURIComponent(item)}`)
    if (!answer.ok) throw new Error(`the stock answered ${answer.status}`)
    const { left } = await answer.json()
    log.info(`${left} of ${item} left`)
  } catch (error) {
    log.error(`${item} was not counted: ${error.message}`)
  }
}

server.listen(Number(PORT), HOST, () => console.log(JSON.stringify({ listening: server.address().port })))
