// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from '../goals.ts'
import { DIMENSIONS } from '../measure/scale.ts'
import { compare } from '../ratio.ts'
import type { Run } from '../run.ts'
import { titleOf } from './names.ts'
import { fixed } from './numbers.ts'
import type { Table } from './table.ts'

/** The tables of what is counted rather than timed. */
export function otherTables(run: Run): readonly Table[] {
  return [...jobTable(run), ...diskTable(run), ...scaleTables(run), ...clusterTable(run), ...soakTable(run)]
}

export function goalsTable(verdicts: readonly Verdict[]): Table {
  return {
    title: 'Goals',
    note: 'Each figure that a goal speaks about. The noise is how far two copies of the bare app came apart in the same run, which a figure may be off by.',
    columns: ['figure', 'of', 'value', 'at most', 'noise', 'outcome'],
    rows: verdicts.map(({ goal, figure, outcome }) => [
      figure?.figure ?? goal.figure,
      figure?.variant ?? goal.variant,
      figure ? fixed(figure.value, 3) : '—',
      `${goal.atMost} ${goal.unit}`,
      figure ? `±${fixed(figure.noise, 3)}` : '—',
      outcome,
    ]),
  }
}

function jobTable({ job = [] }: Run): readonly Table[] {
  if (job.length === 0) return []
  return [
    {
      title: 'What was done for it',
      note: "A request comes with a correlation ID and calls another service. Which ID was in both log lines, in the answer, in the call; whether the server span names the route; whether the caller's ID was everywhere (the job). Bytes and spans are what reached the collector, per request.",
      columns: ['', 'app', 'log', 'answer', 'call', 'route', 'spans', 'bytes', 'job'],
      rows: job.map((one) => [
        titleOf(one.variant),
        one.format,
        one.log,
        one.response,
        one.downstream,
        one.route === null ? '—' : yesOrNo(one.route),
        one.spansPerRequest.toFixed(0),
        one.bytesPerRequest.toFixed(0),
        yesOrNo([one.log, one.response, one.downstream].every((found) => found === 'correlation ID')),
      ]),
    },
  ]
}

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no')

function diskTable({ disk = [] }: Run): readonly Table[] {
  if (disk.length === 0) return []
  return [
    {
      title: 'Installation',
      note: '`npm install` of express, winston and the variant in an empty folder, without a lock file. Duplicates: OpenTelemetry packages of which there is more than one copy.',
      columns: ['', 'MiB', 'packages', 'duplicates'],
      rows: disk.map(({ variant, mib, packages, duplicates }) => [
        titleOf(variant),
        mib.toFixed(1),
        String(packages),
        duplicatesOf(duplicates),
      ]),
    },
  ]
}

function duplicatesOf(duplicates: readonly { readonly name: string; readonly copies: number }[]): string {
  const [worst] = duplicates
  return worst ? `${duplicates.length}, such as ${worst.copies} of ${worst.name}` : '0'
}

function scaleTables({ scale }: Run): readonly Table[] {
  if (!scale) return []
  return DIMENSIONS.map(({ name, title, sizes, perUnit }) => {
    const bySize = sizes.map((size) => compare(scale[name]?.[size] ?? []))
    const names = bySize[0]?.map(({ variant }) => variant) ?? []
    return {
      title: `Scale: ${title}`,
      note: `Microseconds of CPU added to a request${perUnit ? ', divided by the size' : ''}; for the bare app what it takes.`,
      columns: ['', ...sizes.map((size) => size.toLocaleString('en'))],
      rows: names.map((variant) => [
        titleOf(variant),
        ...sizes.map((size, index) => {
          const found = bySize[index]?.find((one) => one.variant === variant)
          const micros = (variant === 'none' ? found?.value.median : found?.added.median) ?? Number.NaN
          return fixed(micros / (perUnit?.(size) ?? 1), 1)
        }),
      ]),
    }
  })
}

function clusterTable({ cluster = [] }: Run): readonly Table[] {
  if (cluster.length === 0) return []
  return [
    {
      title: 'A cluster of two workers',
      note: 'What arrived after the workers were told to end (SIGTERM) right behind the last answer.',
      columns: ['', 'requests', 'server spans', 'log lines with an ID', 'different IDs'],
      rows: cluster.map((one) => [
        titleOf(one.variant),
        ...[one.requests, one.serverSpans, one.linesWithId, one.ids].map((count) => count.toLocaleString('en')),
      ]),
    },
  ]
}

function soakTable({ soak }: Run): readonly Table[] {
  if (!soak) return []
  const said = soak.said.map(({ line, times }) => `“${line}” (${times} ${times === 1 ? 'time' : 'times'})`)
  return [
    {
      title: 'Load with the collector gone',
      note: `${titleOf(soak.variant)} exports to a port that nobody listens on. It said: ${said.join(', ') || 'nothing'}.`,
      columns: ['minute', 'requests', 'heap, MiB', 'RSS, MiB'],
      rows: soak.marks.map((mark) => [
        mark.minute.toFixed(1),
        mark.requests.toLocaleString('en'),
        (mark.heapBytes / 2 ** 20).toFixed(1),
        (mark.rssBytes / 2 ** 20).toFixed(1),
      ]),
    },
  ]
}
