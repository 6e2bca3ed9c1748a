// SPDX-License-Identifier: Apache-2.0
'use strict'

const rtracer = require('cls-rtracer')

module.exports = {
  middleware: rtracer.expressMiddleware({ useHeader: true, headerName: 'X-Correlation-Id', echoHeader: true }),
  format: (winston) =>
    winston.format((info) => {
      info.correlation_id = rtracer.id()
      return info
    })(),
  outboundHeaders: () => ({ 'x-correlation-id': rtracer.id() }),
}
