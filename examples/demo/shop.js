// SPDX-License-Identifier: Apache-2.0
import http from 'node:http'
import express from 'express'
import winston from 'winston'

const { combine, json, timestamp } = winston.format
const log = winston.createLogger({
  format: combine(timestamp(), json()),
  transports: [new winston.transports.Console()],
})
const { PRICING_URL, NOTIFIER_URL, RECEIPTS, HOST = '127.0.0.1', PORT = 0 } = process.env
const queueReceipt = RECEIPTS ? await (await import('./receipts.js')).openReceipts(log) : undefined
const app = express()

app.get('/checkout/:item', async (req, res) => {
  const { item } = req.params
  log.info(`checkout of ${item}`)
  const answer = await fetch(`${PRICING_URL}/prices/${encodeURIComponent(item)}`)
  const { price } = await answer.json()
  log.info(`${item} costs ${price}`)
  await notify({ item, price })
  log.info(`${item} sold`)
  await queueReceipt?.({ item, price })
  res.json({ item, price })
})

app.use((error, _req, _res, next) => {
  log.error(error.message)
  // On to Express's own page, which then names the ID.
  next(Object.assign(error, { status: 502 }))
})

function notify(sale) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const request = http.request(`${NOTIFIER_URL}/notifications`, { method: 'POST', headers }, (answer) => {
      answer.resume()
      if (answer.statusCode < 400) resolve()
      else reject(new Error(`the notifier answered ${answer.statusCode}`))
    })
    request.on('error', reject)
    request.end(JSON.stringify(sale))
  })
}

const server = app.listen(Number(PORT), HOST, () => console.log(JSON.stringify({ listening: server.address().port })))
