// SPDX-License-Identifier: Apache-2.0

/** The part of `package-lock.json` that tells what users install. */
export interface AuditLockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>
}

/** The part of our bill of materials that names what is bundled. */
export interface AuditSbom {
  readonly components: readonly { readonly group?: string; readonly name: string; readonly version: string }[]
}

/** The part of the second version of npm's report that counts here. */
interface Report {
  readonly vulnerabilities: Readonly<
    Record<string, { readonly severity: string; readonly nodes: readonly string[]; readonly range?: string }>
  >
}

export interface Judgement {
  /** False where the registry did not answer the question: then nothing is known. */
  readonly isAudited: boolean
  readonly isBad: boolean
  /** What to tell. */
  readonly lines: readonly string[]
}

const LEVELS: readonly string[] = ['info', 'low', 'moderate', 'high', 'critical']

/** Looks in the output of `npm audit --json` for the packages that users get: installed beside this one, or bundled in it. */
export function judgeAudit(output: string, lockfile: AuditLockfile, sbom: AuditSbom, level: string): Judgement {
  if (!LEVELS.includes(level)) throw new Error(`The level is none of ${LEVELS.join(', ')}.`)
  const shipped = shippedFolders(lockfile, sbom)
  const report = reportIn(output)
  if (report === undefined) {
    const line = `NOT AUDITED: the registry gave no report (${reasonIn(output)}), so nothing is known of ${shipped.size} packages.`
    return { isAudited: false, isBad: false, lines: [line] }
  }
  const found = Object.entries(report.vulnerabilities).filter(
    ([, { severity, nodes }]) =>
      LEVELS.indexOf(severity) >= LEVELS.indexOf(level) && nodes.some((folder) => shipped.has(folder)),
  )
  const lines = found.map(([name, { severity, range }]) => `${severity}: ${name} ${range ?? ''}`.trimEnd())
  const summary = `Audited ${shipped.size} packages that users get: ${found.length} with known vulnerabilities of level ${level} or above.`
  return { isAudited: true, isBad: found.length > 0, lines: [...lines, summary] }
}

function shippedFolders({ packages }: AuditLockfile, { components }: AuditSbom): ReadonlySet<string> {
  const installed = Object.keys(packages).filter((folder) => {
    return folder.startsWith('node_modules/') && packages[folder]?.dev !== true
  })
  const bundled = components.map(({ group, name, version }) => {
    const folder = `node_modules/${group === undefined ? name : `${group}/${name}`}`
    if (packages[folder]?.version !== version) {
      throw new Error(`${folder} is bundled in another version than the lockfile has; build again after \`npm ci\`.`)
    }
    return folder
  })
  return new Set([...installed, ...bundled])
}

function reportIn(output: string): Report | undefined {
  const value = parse(output) as Partial<Report> | undefined
  return typeof value?.vulnerabilities === 'object' && value.vulnerabilities !== null ? (value as Report) : undefined
}

function reasonIn(output: string): string {
  const value = parse(output) as { readonly message?: unknown; readonly statusCode?: unknown } | undefined
  if (typeof value?.statusCode === 'number') return `it answered ${value.statusCode}`
  if (typeof value?.message === 'string') return value.message.split(/ - |\n/)[0] ?? ''
  return 'no answer'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
