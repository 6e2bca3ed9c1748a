// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { type AuditLockfile, type AuditSbom, judgeAudit } from '../../scripts/audit/judge-audit.ts'
import { ROOT } from '../support/run-command.ts'

const LOCKFILE: AuditLockfile = {
  packages: {
    '': {},
    'node_modules/installed': { version: '1.0.0' },
    'node_modules/@a/bundled': { version: '2.0.0', dev: true },
    'node_modules/tool': { version: '3.0.0', dev: true },
    'test/fixtures/app': { version: '1.0.0' },
  },
}
const SBOM: AuditSbom = { components: [{ group: '@a', name: 'bundled', version: '2.0.0' }] }
const reportOf = (name: string, severity: string) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: { [name]: { severity, nodes: [`node_modules/${name}`], range: '<9' } },
  })
const SUMMARY = (count: number) =>
  `Audited 2 packages that users get: ${count} with known vulnerabilities of level moderate or above.`

describe('judgeAudit()', () => {
  for (const [title, output, isAudited, isBad, lines] of [
    ['no vulnerability', '{"vulnerabilities":{}}', true, false, [SUMMARY(0)]],
    ['one that is installed', reportOf('installed', 'high'), true, true, ['high: installed <9', SUMMARY(1)]],
    ['one that is bundled', reportOf('@a/bundled', 'moderate'), true, true, ['moderate: @a/bundled <9', SUMMARY(1)]],
    ['one of a lower level', reportOf('installed', 'low'), true, false, [SUMMARY(0)]],
    ['one of a tool of ours', reportOf('tool', 'critical'), true, false, [SUMMARY(0)]],
    [
      'an error',
      '{"statusCode":405,"message":"405 Method Not Allowed - POST https://x.example/"}',
      false,
      false,
      '405',
    ],
    ['an error without a code', '{"message":"request failed - x"}', false, false, 'request failed'],
    ['no output', '', false, false, 'no answer'],
    ['what is no report', 'null', false, false, 'no answer'],
  ] as const) {
    it(`${title}: ${isAudited ? '' : 'not '}audited, ${isBad ? 'bad' : 'not bad'}`, () => {
      const judgement = judgeAudit(output, LOCKFILE, SBOM, 'moderate')
      assert.deepEqual([judgement.isAudited, judgement.isBad], [isAudited, isBad])
      if (typeof lines !== 'string') assert.deepEqual(judgement.lines, lines)
      else {
        assert.match(
          judgement.lines.join(),
          /^NOT AUDITED: the registry gave no report \(.*\), so nothing is known of 2 packages\.$/,
        )
        assert.ok(judgement.lines.join().includes(lines))
        assert.ok(!judgement.lines.join().includes('http'))
      }
    })
  }

  it('takes no bill of materials that the lockfile does not agree with', () => {
    const old = { components: [{ name: 'installed', version: '0.9.0' }] }
    assert.throws(() => judgeAudit('', LOCKFILE, old, 'moderate'), /in another version than the lockfile has/)
    assert.throws(() => judgeAudit('', LOCKFILE, SBOM, 'bad'), /The level is none of/)
  })

  it('agrees with the lockfile on what is bundled here', () => {
    const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))
    const sbom = read('dist/sbom.cdx.json') as AuditSbom
    assert.ok(sbom.components.some(({ name, version }) => name === 'api' && version.startsWith('1.')))
    const { lines } = judgeAudit('{"vulnerabilities":{}}', read('package-lock.json') as AuditLockfile, sbom, 'moderate')
    assert.match(lines.join(), /^Audited \d{2,} packages/)
  })
})
