// SPDX-License-Identifier: Apache-2.0
'use strict'

const net = require('node:net')

/** Says to standard error where the process connects to, other than loopback: no variant may depend on a network in a benchmark. */
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const given = Array.isArray(args[0]) ? args[0][0] : args[0]
  const host = given && typeof given === 'object' && !given.path ? String(given.host ?? 'localhost') : 'localhost'
  if (!/^(?:localhost|127\.|::1$)/.test(host)) process.stderr.write(`connects to ${host}\n`)
  return Reflect.apply(connect, this, args)
}
