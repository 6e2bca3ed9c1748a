// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID_PATTERNS, type IdFormat } from '../../../src/correlation/id.ts'
import { findsOwnIds } from '../../../src/propagation/finds-own-ids.ts'

interface Case {
  readonly inbound?: readonly string[]
  readonly outbound?: readonly string[]
  readonly format?: IdFormat
  readonly pattern?: RegExp
  readonly maxLength?: number
  readonly finds: boolean
}

const CASES: Readonly<Record<string, Case>> = {
  'what holds by default': { finds: true },
  'one of many names is the same': { inbound: ['a', 'b'], outbound: ['c', 'b'], finds: true },
  'no name is the same': { outbound: ['x-other-id'], finds: false },
  'nothing is sent': { outbound: [], finds: false },
  'nothing is read': { inbound: [], finds: false },
  'a trace ID of a load balancer, which has another form when it is sent': {
    inbound: ['x-amzn-trace-id'],
    outbound: ['x-amzn-trace-id'],
    finds: false,
  },
  'that and another': { inbound: ['x-amzn-trace-id', 'b'], outbound: ['x-amzn-trace-id', 'b'], finds: true },
  'a pattern that refuses what is made here': { format: 'hex32', pattern: ID_PATTERNS.uuid, finds: false },
  'a pattern that accepts just that': { format: 'hex32', pattern: ID_PATTERNS.hex32, finds: true },
  ULIDs: { format: 'ulid', pattern: ID_PATTERNS.ulid, finds: true },
  'a pattern of the user’s': { pattern: /^order-/, finds: false },
  'too short a limit': { maxLength: 35, finds: false },
  'just long enough a limit': { maxLength: 36, finds: true },
}

describe('findsOwnIds', () => {
  for (const [name, { finds, ...given }] of Object.entries(CASES)) {
    const { inbound = ['x-correlation-id', 'x-request-id'], outbound = ['x-correlation-id'] } = given
    const { format = 'uuidv4', pattern = ID_PATTERNS.token, maxLength = 128 } = given
    const settings = { headers: inbound, idFormat: format, idRules: { pattern, maxLength } }
    it(`${name}: ${finds ? 'yes' : 'no'}`, () => assert.equal(findsOwnIds(settings, outbound), finds))
  }
})
