// SPDX-License-Identifier: Apache-2.0
import type { LogEntry, SpanEntry, Timeline } from './timeline.ts'

/** A timeline as text, one line an entry: offset, service, and indented by parent what happened. */
export function renderTimeline(timeline: Timeline): string {
  if (timeline.entries.length === 0) return '   (empty: no log line and no span carries this ID)'
  const offsets = timeline.entries.map((entry) => entry.offsetMs.toFixed(1))
  const offsetWidth = widest(offsets)
  const serviceWidth = widest(timeline.entries.map((entry) => entry.service))
  return timeline.entries
    .map(({ service, depth, what }, index) => {
      const offset = offsets[index]?.padStart(offsetWidth)
      const text = what.type === 'span' ? renderSpan(what) : renderLog(what)
      return printable(`   ${offset} ms  ${service.padEnd(serviceWidth)}  ${'  '.repeat(depth)}${text}`)
    })
    .join('\n')
}

/** Makes control characters visible: log lines hold what clients sent, and a terminal obeys what it is shown. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function renderSpan({ name, kind, httpStatus, failed, durationMs, linkedTo }: SpanEntry): string {
  const words = [
    `▸ ${name}`,
    kind === 'INTERNAL' ? '' : kind.toLowerCase(),
    httpStatus ?? '',
    failed ? 'ERROR' : '',
    linkedTo.length === 0 ? '' : `linked to ${linkedTo.join(', ')}`,
  ]
  return `${words.filter((word) => word !== '').join('  ')}  (${durationMs.toFixed(1)} ms)`
}

function renderLog({ level, message }: LogEntry): string {
  return `· ${level}: ${message}`
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}
