// SPDX-License-Identifier: Apache-2.0

const CLEAR_LINE = '\r\u001b[K'

/** Says what is being measured: on a terminal in one line that is written over, else only where the part or the round changes. */
export function createProgress(): (text: string) => void {
  const { stderr } = process
  if (stderr.isTTY) return (text) => stderr.write(`${CLEAR_LINE}${text}`)
  let last = ''
  return (text) => {
    const [head = ''] = text.split(':')
    if (head !== last && head !== '') stderr.write(`${head}\n`)
    last = head
  }
}
