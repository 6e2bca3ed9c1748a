#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { parseArgs } from 'node:util'
import { renderHelp } from './help.ts'

/** The bin `correlation`. */
const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  strict: false,
  options: { help: { type: 'boolean', short: 'h' } },
})

if (values['help'] === true || positionals.length === 0) {
  process.stdout.write(renderHelp())
} else if (positionals[0] === 'path') {
  process.stdout.write(`${path.join(__dirname, '..', 'register.cjs')}\n`)
} else {
  process.stderr.write('correlation: this command is not known; `correlation --help` lists the commands.\n')
  process.exitCode = 2
}
