// SPDX-License-Identifier: Apache-2.0
'use strict'
// The operator makes every Node.js process of the container require this file, by its name. In the JavaScript of old versions: which
// version reads it is the application's matter. By a path, since those do not know the `exports` of a package.
try {
  require(__dirname + '/node_modules/@org/correlation/register.cjs')
} catch (error) {
  warn(error instanceof Error ? error.code : '')
}

function warn(code) {
  try {
    require('fs').writeSync(
      2,
      '@org/correlation: could not be loaded (' + (code || 'unknown error') + '); the application runs without it.\n',
    )
  } catch (_error) {
    // There is nowhere to say it.
  }
}
