#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { runCli } from './run-cli.ts'

/** The bin `correlation`; bundled as `dist/cli.cjs`. */
const { stdout, stderr, exitCode } = runCli(process.argv.slice(2), path.join(__dirname, '..'))
if (stdout !== undefined) process.stdout.write(stdout)
if (stderr !== undefined) process.stderr.write(stderr)
process.exitCode = exitCode
