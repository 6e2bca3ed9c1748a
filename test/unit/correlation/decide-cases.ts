// SPDX-License-Identifier: Apache-2.0
import type { DecideRules, Decision, Received } from '../../../src/correlation/decide.ts'
import { type CorrelationId, ID_PATTERNS } from '../../../src/correlation/id.ts'

export const NEW_ID = 'generated' as CorrelationId
export const LONG = 'x'.repeat(17)

/** The rules of the default configuration, but for a shorter limit and an ID that can be foretold. */
export function rulesOf(changes: Partial<DecideRules> = {}): DecideRules {
  return {
    idRules: { pattern: ID_PATTERNS.token, maxLength: 16 },
    onMissing: 'generate',
    onInvalid: 'regenerate',
    onConflict: 'first',
    generate: () => NEW_ID,
    ...changes,
  }
}

export function receivedOf(
  headers: Received['headers'],
  baggage: string | undefined = undefined,
  trusted = true,
): Received {
  return { headers, baggage: () => baggage, trusted }
}

export const adopted = (id: string, changes: Partial<Decision> = {}): Decision => ({
  id: id as CorrelationId,
  source: 'header',
  reason: 'none',
  receivedId: undefined,
  reject: false,
  ...changes,
})

export const generated = (reason: Decision['reason'], changes: Partial<Decision> = {}): Decision => ({
  id: NEW_ID,
  source: 'generated',
  reason,
  receivedId: undefined,
  reject: false,
  ...changes,
})

/** What can come in, with what the default policies make of it, from a trusted peer. */
export const INPUTS: Readonly<Record<string, { readonly received: Received; readonly decision: Decision }>> = {
  'nothing at all': { received: receivedOf([]), decision: generated('missing') },
  'no header': { received: receivedOf([[], []]), decision: generated('missing') },
  'an empty header': { received: receivedOf([['']]), decision: generated('missing') },
  'a blank header': { received: receivedOf([[' \t ']]), decision: generated('missing') },
  'nothing but commas': { received: receivedOf([[' , ,']]), decision: generated('missing') },
  'a good header': { received: receivedOf([['a-1']]), decision: adopted('a-1') },
  'a good header with blanks around': { received: receivedOf([[' a-1 ']]), decision: adopted('a-1') },
  'the longest good header': { received: receivedOf([['x'.repeat(16)]]), decision: adopted('x'.repeat(16)) },
  'a malformed header': { received: receivedOf([['<x>']]), decision: generated('malformed') },
  'an over-long header': { received: receivedOf([[LONG]]), decision: generated('too_long') },
  'an over-long, malformed header': { received: receivedOf([['<'.repeat(99)]]), decision: generated('too_long') },
  'equal repeats in lines': { received: receivedOf([['a-1', 'a-1']]), decision: adopted('a-1') },
  'equal repeats in one line': { received: receivedOf([['a-1, a-1']]), decision: adopted('a-1') },
  'equal repeats of a malformed one': { received: receivedOf([['<x>', '<x>']]), decision: generated('malformed') },
  'different lines': { received: receivedOf([['a-1', 'b-2']]), decision: adopted('a-1', { reason: 'conflict' }) },
  'different ones in one line': {
    received: receivedOf([['a-1,b-2']]),
    decision: adopted('a-1', { reason: 'conflict' }),
  },
  'a malformed one and a good one': {
    received: receivedOf([['<x>', 'b-2']]),
    decision: adopted('b-2', { reason: 'conflict' }),
  },
  'two malformed ones': { received: receivedOf([['<x>', '<y>']]), decision: generated('malformed') },
  'two names, both good': { received: receivedOf([['a-1'], ['b-2']]), decision: adopted('a-1') },
  'two names, the first absent': { received: receivedOf([[], ['b-2']]), decision: adopted('b-2') },
  'two names, the first malformed': {
    received: receivedOf([['<x>'], ['b-2']]),
    decision: adopted('b-2', { reason: 'malformed' }),
  },
  'two names, the second malformed': { received: receivedOf([['a-1'], ['<x>']]), decision: adopted('a-1') },
  'two names, the second repeated': { received: receivedOf([['a-1'], ['b-2', 'c-3']]), decision: adopted('a-1') },
  'two names, long and malformed': { received: receivedOf([[LONG], ['<x>']]), decision: generated('too_long') },
  'baggage only': { received: receivedOf([[]], 'g-9'), decision: adopted('g-9', { source: 'baggage' }) },
  'empty baggage': { received: receivedOf([[]], ''), decision: generated('missing') },
  'malformed baggage': { received: receivedOf([[]], 'g 9'), decision: generated('malformed') },
  'over-long baggage': { received: receivedOf([[]], LONG), decision: generated('too_long') },
  'a header against baggage': { received: receivedOf([['a-1']], 'g-9'), decision: adopted('a-1') },
  'a malformed header and baggage': {
    received: receivedOf([['<x>']], 'g-9'),
    decision: adopted('g-9', { source: 'baggage', reason: 'malformed' }),
  },
  'a malformed header and malformed baggage': {
    received: receivedOf([['<x>']], LONG),
    decision: generated('malformed'),
  },
}
