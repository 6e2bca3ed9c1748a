// SPDX-License-Identifier: Apache-2.0
import type { Run } from '../run.ts'

/** When, by what and on what a page was measured. */
export function measuredOn({ date, command, machine }: Run): string {
  const { system, architecture, cores, onOneCore, memoryGib, node } = machine
  const shared = onOneCore ? ' of which all processes shared one' : ''
  return `Measured on ${date.slice(0, 10)} by \`${command}\`: ${system} (${architecture}), ${cores} cores${shared}, ${memoryGib} GiB, Node ${node}.`
}

/** The section of the exact versions, as lines. */
export function versionsOf({ versions }: Run): readonly string[] {
  return ['## Versions', '', ...Object.entries(versions).map(([name, version]) => `- ${name} ${version}`)]
}
