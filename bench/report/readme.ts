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
  const request = run.requests?.['cjs']?.routes['http']
  const last = Object.keys(run.memory ?? {}).toSorted((a, b) => Number(b) - Number(a))[0] ?? ''
  const { machine } = run
  return `![What each adds to an app, as a share of what auto-instrumentations-node adds](docs/benchmarks.svg)

Of what \`@opentelemetry/auto-instrumentations-node\` adds, \`@org/correlation\` adds ${share(request, 'ours')} of the CPU of a request with an outbound call
(unsampled ${share(request, 'ours-unsampled')}, with tracing off ${share(request, 'ours-correlation-only')}), ${share(run.start?.cpu, 'ours')} of the CPU of the start, and ${share(run.memory?.[last]?.rss, 'ours')} of the memory under load.
\`npm run bench\` gives these numbers again; here on ${machine.onOneCore ? 'one core' : `${machine.cores} cores`} with Node ${machine.node}. [All of them](docs/benchmarks.md).
`
}

function share(samples: readonly Sample[] | undefined, variant: string): string {
  const found = compare(samples ?? []).find((one) => one.variant === variant)
  return fixed(found?.ratio.median ?? Number.NaN, 2)
}
