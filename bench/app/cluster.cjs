// SPDX-License-Identifier: Apache-2.0
'use strict'

const cluster = require('node:cluster')
const path = require('node:path')

/** The app in two workers that share a port. The workers load the preload themselves, by the arguments they inherit. */
const WORKERS = 2

cluster.setupPrimary({ exec: path.join(__dirname, 'app.cjs') })
let listening = 0
cluster.on('listening', (_worker, { port }) => {
  listening += 1
  if (listening === WORKERS) process.send({ type: 'listening', port, cpuMicros: 0, rssBytes: 0, heapBytes: 0 })
})
for (let index = 0; index < WORKERS; index += 1) cluster.fork()

let ended = 0
cluster.on('exit', () => {
  ended += 1
  if (ended === WORKERS) process.disconnect()
})
process.on('SIGTERM', () => {
  for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
})
