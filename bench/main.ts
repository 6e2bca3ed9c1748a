// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { figuresOf } from './figures.ts'
import { BENCH, CACHE, ROOT } from './folders.ts'
import { failuresOf, type Goal, judge, partOf, type Verdict } from './goals.ts'
import { installTools, installVariants, packOurs, pinnedVersions } from './install.ts'
import { describeMachine } from './machine.ts'
import { failuresToRun } from './measure/smoke.ts'
import { measureAgain } from './measure-again.ts'
import { bindToOneCore } from './one-core.ts'
import { helpText, type Options, parseOptions } from './options.ts'
import { perform, type Stage } from './perform.ts'
import { FULL, SHORT } from './plan.ts'
import { startSurroundings } from './processes/surroundings.ts'
import { createProgress } from './progress.ts'
import { costChart, scaleChart } from './report/charts.ts'
import { costTables } from './report/cost-tables.ts'
import { renderInstructionsPage } from './report/instructions-page.ts'
import { goalsTable, otherTables } from './report/other-tables.ts'
import { renderPage } from './report/page.ts'
import { updateReadme } from './report/readme.ts'
import { renderText } from './report/table.ts'
import type { Run } from './run.ts'
import { OURS_PACKAGE, QUICK, VARIANTS } from './variants.ts'

const DOCS = path.join(ROOT, 'docs')

/** `npm run bench`: what each variant costs, beside what people run today. */
const args = process.argv.slice(2)
process.exitCode = await main(args)

async function main(given: readonly string[]): Promise<number> {
  const options = parseOptions(given)
  if (options === 'help') {
    console.log(helpText())
    return 0
  }
  const goals = JSON.parse(readFileSync(path.join(BENCH, 'goals.json'), 'utf8')) as readonly Goal[]
  const command = ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
  const run = await measure(options, command, goals)
  const verdicts = judge(goals, figuresOf(run))
  console.log(`Written to ${path.relative(ROOT, fileOf(run))}.\n`)
  const gaps = (part: string) => options.isWhole && (options.parts as readonly string[]).includes(part)
  const asked = verdicts.filter(({ goal, figure }) => figure || gaps(partOf(goal)))
  for (const table of [...costTables(run), ...otherTables(run), goalsTable(asked)]) console.log(renderText(table))
  if (options.write && options.isWhole) writePages(run, asked)
  else if (options.write) writePage('benchmarks-instructions.md', renderInstructionsPage(run, asked))
  return options.check ? report(run, verdicts, options) : 0
}

async function measure(options: Options, command: string, goals: readonly Goal[]): Promise<Run> {
  installTools()
  const chosen = VARIANTS.filter(({ name }) => options.variants.includes(name))
  const missing = installVariants(chosen, packOurs())
  // Instructions are the same on any core, and two processes count them in half the time.
  const onOneCore = options.parts.some((part) => part !== 'instructions') && bindToOneCore()
  await using surroundings = await startSurroundings()
  const installed = chosen.filter(({ name }) => !(name in missing))
  Object.assign(missing, await failuresToRun(installed, surroundings))
  for (const [name, reason] of Object.entries(missing)) console.log(`${name} does not run: ${reason}`)
  const variants = chosen.filter(({ name }) => !(name in missing))
  const progress = createProgress()
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }
  const run: Run = {
    date: new Date().toISOString(),
    command,
    quick: options.quick,
    machine: describeMachine(onOneCore),
    versions: { [OURS_PACKAGE]: version, ...pinnedVersions() },
    missing,
  }
  const stage = { options, plan: options.quick ? SHORT : FULL, variants, surroundings, progress }
  const found = { ...run, ...(await perform(stage, (soFar) => save({ ...run, ...soFar }))) }
  const judged = options.quick && options.check ? await judgedTwice(found, goals, stage) : found
  progress('')
  return judged
}

/** What would fail a quick check is measured again before it does. */
async function judgedTwice(run: Run, goals: readonly Goal[], stage: Stage): Promise<Run> {
  const doubtful = failuresOf(judge(goals, figuresOf(run)), stage.options).flatMap(({ figure }) => figure ?? [])
  if (!run.requests || doubtful.length === 0) return run
  const again = { ...run, requests: await measureAgain(run.requests, doubtful, stage) }
  save(again)
  return again
}

function fileOf({ date }: Run): string {
  return path.join(CACHE, 'runs', `${date.replaceAll(/[:.]/g, '-')}.json`)
}

/** Each run stays, so that two of them can be compared. */
function save(run: Run): void {
  mkdirSync(path.dirname(fileOf(run)), { recursive: true })
  writeFileSync(fileOf(run), `${JSON.stringify(run, null, 1)}\n`)
}

function writePage(name: string, content: string): void {
  writeFileSync(path.join(DOCS, name), content)
  console.log(`Written to docs/${name}.`)
}

function writePages(run: Run, verdicts: readonly Verdict[]): void {
  writePage('benchmarks.md', renderPage(run, verdicts))
  writePage('benchmarks.svg', costChart(run))
  const readme = path.join(ROOT, 'README.md')
  writeFileSync(readme, updateReadme(readFileSync(readme, 'utf8'), run))
  const scale = scaleChart(run)
  if (scale) writePage('benchmarks-scale.svg', scale)
  console.log('Written to the README.')
}

function report({ missing }: Run, verdicts: readonly Verdict[], options: Options): number {
  const failures = failuresOf(verdicts, options)
  for (const { goal, figure, outcome } of failures) {
    const what = `${figure?.figure ?? goal.figure} of ${figure?.variant ?? goal.variant}`
    const found = figure ? `, and is ${figure.value.toFixed(3)} (±${figure.noise.toFixed(3)})` : ''
    console.log(`${outcome}: ${what} is to be at most ${goal.atMost} ${goal.unit}${found}.`)
  }
  const needed = QUICK.filter((name) => name in missing)
  if (needed.length > 0) console.log(`Nothing can be said about the goals without ${needed.join(', ')}.`)
  return failures.length + needed.length === 0 ? 0 : 1
}
