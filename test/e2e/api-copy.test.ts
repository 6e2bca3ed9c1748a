// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { installPacked, type Project } from '../support/packed.ts'
import { mustRun, ROOT } from '../support/run-command.ts'

const NODE = process.env['CORRELATION_TEST_NODE'] ?? process.execPath
const OWN = '1.10.0'

const PROBE = `
  const ours = context.with(ROOT_CONTEXT, () => getCorrelationId())
  const seen = trace.getTracer('app').startActiveSpan('work', (span) => ({
    isActive: trace.getActiveSpan() === span,
    isRecording: span.isRecording(),
    carrier: Object.keys((propagation.inject(context.active(), held), held)).includes('traceparent'),
  }))
  console.log(JSON.stringify({ ...seen, ours }))
  process.exit()`
const NAMES = 'context, propagation, ROOT_CONTEXT, trace'
const PROBES = {
  'app.cjs': `const { ${NAMES} } = require('@opentelemetry/api')
    const { getCorrelationId } = require('@org/correlation')
    const held = {}${PROBE}`,
  'app.mjs': `import { ${NAMES} } from '@opentelemetry/api'
    import { getCorrelationId } from '@org/correlation'
    const held = {}${PROBE}`,
}

/** An application whose one copy of the API, which it shares with this package, says that it is of the version. */
function applicationWith(version: string, t: TestContext): Project {
  const project = installPacked('api-copy')
  t.after(() => project[Symbol.dispose]())
  const api = path.join(project.folder, 'node_modules/@opentelemetry/api')
  rmSync(api)
  cpSync(path.join(ROOT, 'node_modules/@opentelemetry/api'), api, { recursive: true, dereference: true })
  for (const file of ['package.json', 'dist/version.cjs', 'dist/version.mjs']) {
    const text = readFileSync(path.join(api, file), 'utf8')
    assert.ok(text.includes(`"${OWN}"`), file)
    writeFileSync(path.join(api, file), text.replaceAll(`"${OWN}"`, `"${version}"`))
  }
  for (const [file, text] of Object.entries(PROBES)) writeFileSync(path.join(project.folder, file), text)
  return project
}

describe("beside the preload's own copy of the API", { concurrency: 2 }, () => {
  for (const version of [OWN, '1.10.9', '1.11.0', '1.42.3']) {
    it(`the package's copy ${version} has our spans, context and propagation`, (t) => {
      const { folder } = applicationWith(version, t)
      for (const file of Object.keys(PROBES)) {
        const env = { X_CORRELATION_ID: 'job-1', CORRELATION_SHUTDOWN_TIMEOUT_MS: '0' }
        const args = ['--require', '@org/correlation/register', file]
        const { stdout, stderr } = mustRun(NODE, args, { cwd: folder, env })
        assert.deepEqual(JSON.parse(stdout), { isActive: true, isRecording: true, carrier: true, ours: 'job-1' }, file)
        assert.equal(stderr, '')
        // Without us the probe sees nothing, so it can fail.
        const { isActive, isRecording } = JSON.parse(mustRun(NODE, [file], { cwd: folder, env }).stdout)
        assert.deepEqual([isActive, isRecording], [false, false])
      }
    })
  }
})
