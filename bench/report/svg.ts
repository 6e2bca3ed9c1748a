// SPDX-License-Identifier: Apache-2.0

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escapeXml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')

/** Readable on a light and on a dark page: an image does not inherit the page's colours. */
export const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.label { text-anchor: end }
.ours { font-weight: 600 }
.value, .tick { fill: #57606a; font-size: 12px }
.tick { text-anchor: middle }
.bar { fill: #9aa4af }
.bar-ours { fill: #0969da }
.rule { stroke: #57606a; stroke-dasharray: 3 3 }
.line { fill: none; stroke: #9aa4af; stroke-width: 2 }
.line-ours { fill: none; stroke: #0969da; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .value, .tick { fill: #9198a1 }
  .bar { fill: #6e7681 }
  .bar-ours { fill: #4493f8 }
  .rule { stroke: #9198a1 }
  .line { stroke: #6e7681 }
  .line-ours { stroke: #4493f8 }
}
</style>`
