// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe, it } from 'node:test'
import { lastCoreOf } from '../../../bench/one-core.ts'
import { ROOT } from '../../support/run-command.ts'

const PROGRAM = `
import { spawnSync } from 'node:child_process'
import { bindToOneCore } from ${JSON.stringify(path.join(ROOT, 'bench/one-core.ts'))}
const isBound = bindToOneCore()
const child = spawnSync('cat', ['/proc/self/status'], { encoding: 'utf8' }).stdout ?? ''
console.log(JSON.stringify({ isBound, cores: /^Cpus_allowed_list:\\s*(.*)$/m.exec(child)?.[1] }))`

describe('one core', () => {
  const LISTS: readonly (readonly [string, string | undefined])[] = [
    ['Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\nMems_allowed:\t1\n', '1'],
    ['Cpus_allowed_list:\t0,4-7,12\n', '12'],
    ['Cpus_allowed_list:\t3\n', '3'],
    ['Name:\tnode\n', undefined],
  ]
  for (const [status, core] of LISTS)
    it(`is ${core} of ${JSON.stringify(status)}`, () => assert.equal(lastCoreOf(status), core))

  it('is what the process and its children run on from then on', (t) => {
    const out = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', PROGRAM], { encoding: 'utf8' })
    const { isBound, cores } = JSON.parse(out) as { readonly isBound: boolean; readonly cores?: string }
    if (isBound) assert.match(cores ?? '', /^\d+$/)
    else t.skip('taskset is not here')
  })
})
