// SPDX-License-Identifier: Apache-2.0
'use strict'

const correlator = require('express-correlation-id')

const middleware = correlator({ header: 'x-correlation-id' })

module.exports = {
  // The library leaves the response header to its user.
  middleware(req, res, next) {
    middleware(req, res, () => {
      res.setHeader('x-correlation-id', req.correlationId())
      next()
    })
  },
  format: (winston) =>
    winston.format((info) => {
      info.correlation_id = correlator.getId()
      return info
    })(),
  outboundHeaders: () => ({ 'x-correlation-id': correlator.getId() }),
}
