// SPDX-License-Identifier: Apache-2.0
'use strict'

const cluster = require('node:cluster')
const v8 = require('node:v8')
const vm = require('node:vm')

/** What the process has used so far. Asked for over the IPC channel, so that asking is no request. */
function usage(withHeap) {
  if (withHeap) {
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc')
    gc()
    gc()
  }
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed }
}

/** Listens on a free port and tells the benchmark over IPC. */
function serve(app) {
  const server = app.listen(Number(process.env.BENCH_PORT ?? 0), '127.0.0.1', () => {
    const { cpuMicros, rssBytes, heapBytes } = usage(false)
    // In a cluster the channel is the primary's, which has no question for its workers.
    if (cluster.isWorker) return
    process.send({ type: 'listening', port: server.address().port, cpuMicros, rssBytes, heapBytes })
  })
  process.on('message', ({ type, withHeap } = {}) => {
    if (type === 'usage') process.send({ type: 'usage', ...usage(withHeap) })
  })
  process.on('SIGTERM', () => {
    server.close(() => process.disconnect?.())
    server.closeIdleConnections()
  })
}

module.exports = { serve }
