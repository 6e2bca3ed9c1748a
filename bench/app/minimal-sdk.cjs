// SPDX-License-Identifier: Apache-2.0
'use strict'

const { NodeSDK } = require('@opentelemetry/sdk-node')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { WinstonInstrumentation } = require('@opentelemetry/instrumentation-winston')

/** What a careful team writes: only the instrumentations that the app needs. */
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    new ExpressInstrumentation(),
    new UndiciInstrumentation(),
    new WinstonInstrumentation(),
  ],
})
sdk.start()
