// SPDX-License-Identifier: Apache-2.0
import { codeBlocks } from './markdown.ts'

/** A command of a page, and what the page says that it prints. */
export interface ConsoleStep {
  readonly command: string
  readonly shown: readonly string[]
}

/** The blocks of language `console`: `$ ` before a command, `> ` before each further line of it, then its output. */
export function consoleSteps(markdown: string): readonly ConsoleStep[] {
  return codeBlocks(markdown)
    .filter(({ language }) => language === 'console')
    .map(({ code }) => {
      const lines = code.trimEnd().split('\n')
      const end = lines.findIndex((line, i) => i > 0 && !line.startsWith('> '))
      const command = lines.slice(0, end === -1 ? lines.length : end).map((line) => line.slice(2))
      return { command: command.join('\n'), shown: end === -1 ? [] : lines.slice(end) }
    })
}

/** Whether an output is what was shown, line by line; `…` is for lines left out. The reason, where it is not. */
export function differenceFrom(
  shown: readonly string[],
  output: string,
  mask: (line: string) => string,
): string | undefined {
  const lines = output.trimEnd().split('\n').map(mask)
  let at = 0
  let maySkip = false
  for (const line of shown.map(mask)) {
    if (line === '…') {
      maySkip = true
      continue
    }
    const found = maySkip ? lines.indexOf(line, at) : at
    if (lines[found] !== line) return `${JSON.stringify(line)} is not there, but\n${lines.slice(at).join('\n')}`
    at = found + 1
    maySkip = false
  }
  return maySkip || at === lines.length ? undefined : `more than shown:\n${lines.slice(at).join('\n')}`
}
