// SPDX-License-Identifier: Apache-2.0
import { compare, type Sample } from '../ratio.ts'
import type { Run } from '../run.ts'
import { fixed } from './numbers.ts'

const PLACE = /(<!-- benchmarks:start -->\n)[\s\S]*?(<!-- benchmarks:end -->)/

/** Puts the chart and the numbers that matter most into the README; throws where it has no place for them. */
export function updateReadme(readme: string, run: Run): string {
  if (!PLACE.test(readme))
    throw new Error('The README has no `<!-- benchmarks:start -->` and `<!-- benchmarks:end -->`.')
  return readme.replace(PLACE, (_match, start: string, end: string) => `${start}${renderCosts(run)}${end}`)
}

function renderCosts(run: Run): string {
  const last = Object.keys(run.memory ?? {}).toSorted((a, b) => Number(b) - Number(a))[0] ?? ''
  const { machine } = run
  return `![What each adds to an app, as a share of what auto-instrumentations-node adds](docs/benchmarks.svg)

What \`@org/correlation\` adds, as a share of what \`@opentelemetry/auto-instrumentations-node\` adds to the same app in the same run:

| | CommonJS | ES modules, where that leaves Express alone |
|---|---:|---:|
| CPU of a request with an outbound call, every span exported | ${shares(run, 'ours')} |
| the same, unsampled | ${shares(run, 'ours-unsampled')} |
| the same, tracing off | ${shares(run, 'ours-correlation-only')} |
| CPU of the start | ${share(run.start?.cpu, 'ours')} | |
| memory under load | ${share(run.memory?.[last]?.rss, 'ours')} | |

\`npm run bench\` gives these numbers again; here on ${machine.onOneCore ? 'one core' : `${machine.cores} cores`} with Node ${machine.node}. [All of them, and how far they can be
trusted](docs/benchmarks.md).
`
}

function shares(run: Run, variant: string): string {
  return (['cjs', 'esm'] as const).map((app) => share(run.requests?.[app]?.routes['http'], variant)).join(' | ')
}

function share(samples: readonly Sample[] | undefined, variant: string): string {
  const found = compare(samples ?? []).find((one) => one.variant === variant)
  return fixed(found?.ratio.median ?? Number.NaN, 2)
}
