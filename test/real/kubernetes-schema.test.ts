// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { before, describe, it } from 'node:test'
import { createProject } from '../support/packed.ts'
import { type CommandResult, mustRun, runCommand } from '../support/run-command.ts'
import { KUBERNETES_FOLDER } from './injected-app.ts'

const OPERATOR = 'github.com/open-telemetry/opentelemetry-operator'
const PROGRAM = path.join(import.meta.dirname, 'kubernetes-schema')
const FILES = ['instrumentation.yaml', 'deployment.yaml'] as const
const TIMEOUT_MS = 600_000

let definition: string

/** Runs our small Go program, which has the types of Kubernetes and of the operator. */
function check(files: readonly string[]): CommandResult {
  return runCommand('go', ['run', '.', definition, ...files], { cwd: PROGRAM, timeoutMs: TIMEOUT_MS })
}

describe('the resources for Kubernetes', () => {
  before(() => {
    mustRun('go', ['mod', 'download'], { cwd: PROGRAM, timeoutMs: TIMEOUT_MS })
    const { stdout } = mustRun('go', ['list', '-m', '-f', '{{.Dir}}', OPERATOR], { cwd: PROGRAM })
    definition = path.join(stdout.trim(), 'config/crd/bases/opentelemetry.io_instrumentations.yaml')
  })

  it("are what Kubernetes and the operator's schema ask for", () => {
    const { code, stdout, stderr } = check(FILES.map((file) => path.join(KUBERNETES_FOLDER, file)))
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(stdout, 'Instrumentation\nDeployment\nService\n')
  })

  for (const [file, from, to, said] of [
    ['instrumentation.yaml', '- tracecontext', '- tracecontex', /tracecontex/],
    ['instrumentation.yaml', '  nodejs:', '  nodeJs:', /unknown field "spec\.nodeJs"/],
    ['deployment.yaml', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem', /unknown field .*readOnlyRootFileSystem/],
    ['deployment.yaml', 'replicas: 2', 'replicas: two', /replicas/],
  ] as const) {
    it(`and would be refused with "${to.trim()}"`, () => {
      using project = createProject('resources')
      const text = readFileSync(path.join(KUBERNETES_FOLDER, file), 'utf8')
      assert.ok(text.includes(from))
      const changed = path.join(project.folder, file)
      writeFileSync(changed, text.replace(from, to))
      const { code, stderr } = check([changed])
      assert.notEqual(code, 0)
      assert.match(stderr, said)
    })
  }
})
