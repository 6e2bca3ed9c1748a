// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import winston from 'winston'

const { combine, json, timestamp } = winston.format
const log = winston.createLogger({
  format: combine(timestamp(), json()),
  transports: [new winston.transports.Console()],
})
const { HOST = '127.0.0.1', PORT = 0 } = process.env
const app = express()

app.post('/notifications', express.json(), async (req, res) => {
  const { item, price } = req.body
  log.info(`telling the warehouse about ${item}`)
  await sleep(3)
  if (price > 20) throw new Error(`nobody may order ${item} for ${price}`)
  res.sendStatus(204)
})

app.use((error, _req, _res, next) => {
  log.error(error.message)
  next(error)
})

const server = app.listen(Number(PORT), HOST, () => console.log(JSON.stringify({ listening: server.address().port })))
