// SPDX-License-Identifier: Apache-2.0
import { generateId, type IdFormat, type IdRules, problemOf } from '../correlation/id.ts'
import { HEADER_AMZN_TRACE_ID } from './carrier.ts'

/** What is configured of IDs and of the headers that they are read from. */
interface IdSettings {
  readonly headers: readonly string[]
  readonly idFormat: IdFormat
  readonly idRules: IdRules
}

/**
 * Whether a request that we wrote an ID of our own into reads as one that came with that ID: an outbound name is an inbound name
 * too, and what we generate is what we accept. A pattern of the user's may not accept it.
 */
export function findsOwnIds({ headers, idFormat, idRules }: IdSettings, outboundHeaders: readonly string[]): boolean {
  return (
    outboundHeaders.some((name) => name !== HEADER_AMZN_TRACE_ID && headers.includes(name)) &&
    problemOf(generateId(idFormat), idRules) === undefined
  )
}
