// SPDX-License-Identifier: Apache-2.0
'use strict'
// In the JavaScript of old Node versions, since those load it too before it can say that they are too old.
var version = process.versions.node.split('.')
if (version[0] > 22 || (version[0] === '22' && version[1] >= 15)) {
  try {
    require('./dist/preload.cjs').preload(process.env)
  } catch (error) {
    process.stderr.write(
      '@org/correlation: could not be loaded (' +
        (error instanceof Error ? error.message : 'unknown error') +
        '); the application runs without it.\n',
    )
  }
} else if (!globalThis[Symbol.for('@org/correlation')]) {
  globalThis[Symbol.for('@org/correlation')] = { version: 'none' }
  process.stderr.write(
    '@org/correlation: needs Node.js 22.15 or newer and found ' +
      process.versions.node +
      '; the application runs without it.\n',
  )
}
