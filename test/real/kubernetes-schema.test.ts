// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createProject } from '../support/packed.ts'
import { mustRun, runCommand } from '../support/run-command.ts'
import { KUBERNETES_FOLDER } from './injected-app.ts'

const project = createProject('kubernetes-schema')
const program = path.join(project.folder, 'check')

describe('the resources for Kubernetes', () => {
  before(() => {
    // Kubernetes' own types, from its Go module; the operator's are written down beside them.
    const cwd = path.join(import.meta.dirname, 'kubernetes-schema')
    mustRun('go', ['build', '-o', program, '.'], { cwd, timeoutMs: 600_000 })
  })
  after(() => project[Symbol.dispose]())

  it('have no field and no value that Kubernetes or the operator does not know', () => {
    const files = ['instrumentation.yaml', 'deployment.yaml'].map((file) => path.join(KUBERNETES_FOLDER, file))
    const { code, stdout, stderr } = runCommand(program, files)
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(stdout, 'Instrumentation\nDeployment\nService\n')
  })

  for (const [file, from, to, said] of [
    ['instrumentation.yaml', '- tracecontext', '- tracecontex', /the propagator "tracecontex"/],
    ['instrumentation.yaml', '  nodejs:', '  nodeJs:', /unknown field "spec\.nodeJs"/],
    ['instrumentation.yaml', 'memory: 64Mi', 'memory: 64 MB', /quantities must match/],
    ['deployment.yaml', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem', /unknown field ".*readOnlyRootFileSystem"/],
    ['deployment.yaml', 'replicas: 2', 'replicas: two', /replicas of type int32/],
    ['deployment.yaml', 'kind: Service', 'kind: Servise', /has a v1 Servise/],
  ] as const) {
    it(`and would be refused with "${to.trim()}"`, () => {
      const text = readFileSync(path.join(KUBERNETES_FOLDER, file), 'utf8')
      assert.ok(text.includes(from))
      const changed = path.join(project.folder, file)
      writeFileSync(changed, text.replace(from, to))
      const { code, stderr } = runCommand(program, [changed])
      assert.equal(code, 1)
      assert.match(stderr, said)
    })
  }
})
