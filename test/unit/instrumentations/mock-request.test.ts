// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { isMock } from '../../../instrumentations/mock-request.ts'

const request = new IncomingMessage(new Socket())
const response = new ServerResponse(request)
const like = (changes: object) => Object.assign(new EventEmitter(), { socket: {}, headers: {} }, changes)

const PAIRS: Readonly<Record<string, readonly [request: unknown, response: unknown, isMock: boolean]>> = {
  'Node’s own': [request, response, false],
  'emitters that have what is read': [like({}), new EventEmitter(), false],
  'nothing at all': [undefined, undefined, true],
  null: [null, null, true],
  text: ['request', 'response', true],
  'a plain object for a request': [{ socket: {}, headers: {} }, response, true],
  'a plain object for a response': [request, {}, true],
  'no response': [request, undefined, true],
  'no socket': [like({ socket: undefined }), response, true],
  'null for a socket': [like({ socket: null }), response, true],
  'no headers': [like({ headers: undefined }), response, true],
  'text for headers': [like({ headers: 'host: h' }), response, true],
  'a frozen request': [Object.freeze(like({})), response, true],
  'a sealed response': [request, Object.seal(new EventEmitter()), true],
}

describe('isMock', () => {
  for (const [name, [req, res, expected]] of Object.entries(PAIRS)) {
    it(`${name}: ${expected}`, () => assert.equal(isMock(req, res), expected))
  }
})
