// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../../../src/config/config.ts'
import { type VARIABLES, type VariableName, variable } from '../../../src/config/variables.ts'
import { ID_PATTERNS } from '../../../src/correlation/id.ts'

/** What the documentation promises for an empty environment. */
export const DEFAULTS: Config = {
  enabled: true,
  sdk: 'auto',
  headers: ['x-correlation-id', 'x-request-id'],
  responseHeader: 'x-correlation-id',
  outboundHeaders: ['x-correlation-id'],
  baggageKey: 'correlation.id',
  spanAttribute: 'correlation.id',
  logField: 'correlation_id',
  idFormat: 'uuidv4',
  idRules: { pattern: ID_PATTERNS.token, maxLength: 128 },
  onMissing: 'generate',
  onInvalid: 'regenerate',
  onConflict: 'first',
  trust: ['all'],
  rewriteRequest: true,
  propagateTo: ['internal'],
  stripForwarded: false,
  errorBody: 'default-page',
  exposeHeader: false,
  messaging: true,
  jobs: 'link',
  sampleRatio: undefined,
  fromEnv: true,
  shutdownTimeoutMs: 2000,
  strict: false,
}

interface Case {
  readonly name: VariableName
  /** What of the defaults changes when the variable holds the text, and no problem. */
  readonly accepted: readonly (readonly [text: string, change: Partial<Config>])[]
  /** What gives the default and one problem that names this kind. */
  readonly refused: readonly (readonly [text: string, kind: string])[]
}

const NOT_IN_LIST = 'a word that is not in the list'
const OTHER_MEANING = 'a name that has another meaning'
const LONG = 'q'.repeat(214)

/** Every variable, with what it accepts and what it refuses. */
export const CASES: readonly Case[] = [
  booleanCase('CORRELATION_ENABLED', 'enabled'),
  wordsCase('CORRELATION_SDK', 'sdk'),
  {
    name: 'CORRELATION_HEADERS',
    accepted: [
      ['X-Trace', { headers: ['x-trace'], responseHeader: 'x-trace', outboundHeaders: ['x-trace'] }],
      [' X-Request-ID , x-correlation-id,X-REQUEST-ID', namedAfter(['x-request-id', 'x-correlation-id'])],
      ['x-correlation-id,X-Amzn-Trace-Id', namedAfter(['x-correlation-id', 'x-amzn-trace-id'])],
    ],
    refused: [
      [',', 'an empty text (entry 1), an empty text (entry 2)'],
      ['none', 'the word none'],
      ['x correlation id', 'a text of 16 characters that is no HTTP field name'],
      ['Cookie,Host', 'a header name that has another meaning (entry 1), a header name'],
      [LONG, 'a text of 214 characters (entry 1)'],
    ],
  },
  {
    name: 'CORRELATION_RESPONSE_HEADER',
    accepted: [
      ['X-Reply-ID', { responseHeader: 'x-reply-id' }],
      ['NONE', { responseHeader: undefined }],
    ],
    refused: [
      ['Set-Cookie', 'a header name that has another meaning'],
      ['x-a,x-b', 'a text of 7 characters that is no HTTP field name'],
    ],
  },
  {
    name: 'CORRELATION_OUTBOUND_HEADER',
    accepted: [
      ['X-Request-ID,x-correlation-id', { outboundHeaders: ['x-request-id', 'x-correlation-id'] }],
      [' None ', { outboundHeaders: [] }],
    ],
    refused: [
      ['Authorization', 'a header name that has another meaning (entry 1)'],
      ['none,none', 'the word none beside or in place of names (entry 1)'],
    ],
  },
  {
    name: 'CORRELATION_BAGGAGE_KEY',
    accepted: [
      ['Request.Id', { baggageKey: 'Request.Id' }],
      ['none', { baggageKey: undefined }],
    ],
    refused: [
      ['a=b', 'a text of 3 characters that is not a baggage key'],
      ['__proto__', OTHER_MEANING],
      [LONG, 'a text of 214 characters;'],
    ],
  },
  {
    name: 'CORRELATION_SPAN_ATTRIBUTE',
    accepted: [
      ['App.Request_Id', { spanAttribute: 'App.Request_Id' }],
      ['None', { spanAttribute: undefined }],
    ],
    refused: [
      ['"id"', 'a text of 4 characters that is not an attribute name'],
      ['correlation.received_id', OTHER_MEANING],
      [LONG, 'a text of 214 characters;'],
    ],
  },
  {
    name: 'CORRELATION_LOG_FIELD',
    accepted: [
      ['@Request', { logField: '@Request' }],
      ['nonE', { logField: undefined }],
    ],
    refused: [
      ['9 lives', 'a text of 7 characters that is not a field name'],
      ['level', OTHER_MEANING],
      ['trace_id', OTHER_MEANING],
      ['constructor', OTHER_MEANING],
    ],
  },
  wordsCase('CORRELATION_ID_FORMAT', 'idFormat'),
  {
    name: 'CORRELATION_ID_PATTERN',
    accepted: [
      ['TOKEN', {}],
      ['Uuid', { idRules: { pattern: ID_PATTERNS.uuid, maxLength: 128 } }],
      ['ULID', { idRules: { pattern: ID_PATTERNS.ulid, maxLength: 128 }, idFormat: 'ulid' }],
      ['hex32', { idRules: { pattern: ID_PATTERNS.hex32, maxLength: 128 }, idFormat: 'hex32' }],
      ['/[0-9a-f-]+/', { idRules: { pattern: /^(?:[0-9a-f-]+)$/, maxLength: 128 } }],
    ],
    refused: [
      ['uuidv4', 'a word that is no pattern'],
      ['[a-z]+', 'a text of 6 characters that is no pattern'],
      ['/[a-z/', 'a regular expression that does not compile'],
    ],
  },
  {
    name: 'CORRELATION_ID_MAX_LENGTH',
    accepted: [
      ['36', { idRules: { pattern: ID_PATTERNS.token, maxLength: 36 } }],
      ['1024', { idRules: { pattern: ID_PATTERNS.token, maxLength: 1024 } }],
    ],
    refused: [
      ['0', 'a number below 1'],
      ['1025', 'a number above 1024'],
      ['64.5', 'a number with a fraction'],
      ['long', 'a word'],
    ],
  },
  wordsCase('CORRELATION_ON_MISSING', 'onMissing'),
  wordsCase('CORRELATION_ON_INVALID', 'onInvalid'),
  wordsCase('CORRELATION_ON_CONFLICT', 'onConflict'),
  {
    name: 'CORRELATION_TRUST',
    accepted: [
      ['LoopBack, 10.0.0.0/8,FD00::/8,loopback', { trust: ['loopback', '10.0.0.0/8', 'fd00::/8'] }],
      ['None', { trust: ['none'] }],
    ],
    refused: [[' , ', 'an empty text (entry 1)']],
  },
  booleanCase('CORRELATION_REWRITE_REQUEST', 'rewriteRequest'),
  {
    name: 'CORRELATION_PROPAGATE_TO',
    accepted: [
      ['internal, !Bad.example ,internal', { propagateTo: ['internal', '!Bad.example'] }],
      ['none', { propagateTo: ['none'] }],
    ],
    refused: [[',,', 'an empty text (entry 1)']],
  },
  booleanCase('CORRELATION_STRIP_FORWARDED', 'stripForwarded'),
  wordsCase('CORRELATION_ERROR_BODY', 'errorBody'),
  booleanCase('CORRELATION_EXPOSE_HEADER', 'exposeHeader'),
  booleanCase('CORRELATION_MESSAGING', 'messaging'),
  wordsCase('CORRELATION_JOBS', 'jobs'),
  {
    name: 'CORRELATION_SAMPLE_RATIO',
    accepted: [
      ['0', { sampleRatio: 0 }],
      ['0.25', { sampleRatio: 0.25 }],
      ['1', { sampleRatio: 1 }],
    ],
    refused: [
      ['-0.1', 'a number below 0'],
      ['1.01', 'a number above 1'],
      ['50%', 'a text of 3 characters'],
    ],
  },
  booleanCase('CORRELATION_FROM_ENV', 'fromEnv'),
  {
    name: 'CORRELATION_SHUTDOWN_TIMEOUT_MS',
    accepted: [
      ['0', { shutdownTimeoutMs: 0 }],
      ['600000', { shutdownTimeoutMs: 600_000 }],
    ],
    refused: [
      ['-1', 'a number below 0'],
      ['600001', 'a number above 600000'],
      ['2s', 'a text of 2 characters'],
    ],
  },
  booleanCase('CORRELATION_STRICT', 'strict'),
]

function booleanCase(name: VariableName, key: keyof Config): Case {
  return {
    name,
    accepted: [
      ['true', { [key]: true }],
      ['FALSE', { [key]: false }],
      [' True ', { [key]: true }],
    ],
    refused: [
      ['1', 'a number'],
      ['yes', NOT_IN_LIST],
      ['true false', 'a text of 10 characters'],
    ],
  }
}

function wordsCase(name: Parameters<typeof wordsOf>[0], key: keyof Config): Case {
  const words = wordsOf(name)
  return {
    name,
    accepted: words.flatMap((word) => [
      [word, { [key]: word }],
      [`\t${word.toUpperCase()} `, { [key]: word }],
    ]),
    refused: [
      ['somethingelse', NOT_IN_LIST],
      [words.join(','), `a text of ${words.join(',').length} characters`],
      [LONG, 'a text of 214 characters'],
    ],
  }
}

function wordsOf(name: Extract<(typeof VARIABLES)[number], { type: { kind: 'words' } }>['name']): readonly string[] {
  return variable(name).type.words
}

function namedAfter(headers: readonly [string, ...string[]]): Partial<Config> {
  return { headers, responseHeader: headers[0], outboundHeaders: [headers[0]] }
}
