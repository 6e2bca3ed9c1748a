// SPDX-License-Identifier: Apache-2.0
'use strict'
// In the JavaScript of old Node versions, since those load it too before it can say that they are too old.
var version = process.versions.node.split('.')
if (version[0] > 22 || (version[0] === '22' && version[1] >= 15)) {
  try {
    require('./dist/preload.cjs').preload(process.env)
  } catch (error) {
    warn('could not be loaded (' + (error instanceof Error ? error.message.split('\n')[0] : 'unknown error') + ')')
  }
} else if (!globalThis[Symbol.for('@org/correlation')]) {
  globalThis[Symbol.for('@org/correlation')] = { version: 'none' }
  warn('needs Node.js 22.15 or newer and found ' + process.versions.node)
}

/**
 * Not by `process.stderr`: a pipe that nobody reads would be an uncaught exception of the application. A worker thread is silent,
 * since the main thread has said it.
 */
function warn(sentence) {
  try {
    if (!require('worker_threads').isMainThread) return
    require('fs').writeSync(2, '@org/correlation: ' + sentence + '; the application runs without it.\n')
  } catch (_error) {
    // There is nowhere to say it.
  }
}
