// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { OtlpSink } from '../support/otlp-sink.ts'
import { type App, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { programPath } from './programs.ts'

/** The example in Python. */
export const FLASK_FOLDER = path.join(ROOT, 'examples/flask')

interface Options {
  readonly sink?: OtlpSink
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Starts the Flask service by the Python of the virtual environment, on a free port. */
export function startStock(t: TestContext, { sink, env }: Options = {}): Promise<App> {
  return runApp({
    program: programPath('python'),
    fixture: path.join(FLASK_FOLDER, 'app.py'),
    ...(sink && { sink }),
    // Nothing takes the spans of a test that has no sink.
    env: { PORT: '0', PYTHONDONTWRITEBYTECODE: '1', ...(sink ? {} : { OTEL_SDK_DISABLED: 'true' }), ...env },
    t,
  })
}
