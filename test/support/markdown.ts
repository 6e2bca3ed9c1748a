// SPDX-License-Identifier: Apache-2.0

/** A fenced block of a Markdown page. */
export interface CodeBlock {
  readonly language: string
  /** What follows the language on the opening line. */
  readonly flag: string
  readonly code: string
}

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```([\w-]*)[ ]*(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', flag = '', code = '']) => ({
      language,
      flag,
      code,
    }),
  )
}

/** The lines of all blocks of a language. */
export function codeLines(markdown: string, language: string): readonly string[] {
  const blocks = codeBlocks(markdown).filter((block) => block.language === language)
  return blocks.flatMap(({ code }) => code.split('\n').filter((line) => line !== ''))
}

/** The anchors that GitHub gives a page's headings: in lower case, without punctuation, with `-` for spaces. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, text = ''] of withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

/** The targets of a page's links, outside of code. */
export function linksOf(markdown: string): readonly string[] {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, '`')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}
