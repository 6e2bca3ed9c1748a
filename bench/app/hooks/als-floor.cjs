// SPDX-License-Identifier: Apache-2.0
'use strict'

const { AsyncLocalStorage } = require('node:async_hooks')
const { randomUUID } = require('node:crypto')

/** The floor: what somebody writes by hand who wants an ID in logs, answers and calls, and nothing else. */
const storage = new AsyncLocalStorage()

module.exports = {
  middleware(req, res, next) {
    const id = req.headers['x-correlation-id'] ?? randomUUID()
    res.setHeader('x-correlation-id', id)
    storage.run(id, next)
  },
  format: (winston) =>
    winston.format((info) => {
      info.correlation_id = storage.getStore()
      return info
    })(),
  outboundHeaders: () => ({ 'x-correlation-id': storage.getStore() }),
}
