// SPDX-License-Identifier: Apache-2.0
'use strict'
// The operator makes every Node.js process of the container require this file, by its name. In the JavaScript of old versions: which
// version reads it is the application's matter. By a path, since those do not know the `exports` of a package.
try {
  require(__dirname + '/node_modules/@org/correlation/register.cjs')
} catch (error) {
  try {
    var reason = (error && error.code) || 'unknown error'
    var sentence = '@org/correlation: could not be loaded (' + reason + '); the application runs without it.\n'
    require('fs').writeSync(2, sentence)
  } catch (_error) {
    // There is nowhere to say it.
  }
}
