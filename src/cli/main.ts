#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { endLike } from './end-like.ts'
import { run } from './run.ts'
import { runCli } from './run-cli.ts'

/** The bin `correlation`; bundled as `dist/cli.cjs`. */
const packageFolder = path.join(__dirname, '..')
const asked = runCli(process.argv.slice(2), packageFolder)
if ('command' in asked) {
  void run(asked, process.env, packageFolder).then(endLike)
} else {
  const { stdout, stderr, exitCode } = asked
  if (stdout !== undefined) process.stdout.write(stdout)
  if (stderr !== undefined) process.stderr.write(stderr)
  process.exitCode = exitCode
}
