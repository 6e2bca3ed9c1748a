// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type AuditLockfile, type AuditSbom, judgeAudit } from './audit/judge-audit.ts'

/**
 * `npm run audit`: known vulnerabilities in what users get, which is what they install with this package and what is bundled in
 * it. The latter npm takes for development dependencies, so `npm audit --omit=dev` leaves it out.
 *
 * Exit code 1 where there are any of the level or above, and with `--required` also where nobody could be asked.
 */
const { values } = parseArgs({
  options: { level: { type: 'string', default: 'moderate' }, required: { type: 'boolean', default: false } },
})
const root = path.join(import.meta.dirname, '..')
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  shell: process.platform === 'win32',
})
const { isAudited, isBad, lines } = judgeAudit(
  stdout ?? '',
  read('package-lock.json') as AuditLockfile,
  read('dist/sbom.cdx.json') as AuditSbom,
  values.level,
)
for (const line of lines) console.log(line)
process.exitCode = isBad || (values.required && !isAudited) ? 1 : 0
