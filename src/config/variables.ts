// SPDX-License-Identifier: Apache-2.0

/** What a variable may hold. `words` are the closed list, or the words that a pattern knows by name. */
type VariableType =
  | { readonly kind: 'boolean' | 'list' | 'name' }
  | { readonly kind: 'words' | 'pattern'; readonly words: readonly string[] }
  | { readonly kind: 'integer' | 'number'; readonly min: number; readonly max: number }

/** One row of the table that feeds parsing, the README, `--help` and the start-up report. */
export interface Variable {
  readonly name: `CORRELATION_${string}`
  readonly type: VariableType
  /** As one would write it in the environment; undefined where it is unset or follows another variable. */
  readonly default: string | undefined
  /** What the default follows, in words, where it is not a fixed text. */
  readonly derived?: string
  /** In Markdown, with code spans around literals. */
  readonly sentence: string
}

/** Every variable of ours, in the order of the documentation. */
export const VARIABLES = [
  {
    name: 'CORRELATION_ENABLED',
    type: { kind: 'boolean' },
    default: 'true',
    sentence: 'The kill switch: `false` turns everything off.',
  },
  {
    name: 'CORRELATION_SDK',
    type: { kind: 'words', words: ['auto', 'own', 'off'] },
    default: 'auto',
    sentence:
      "Who owns telemetry: `auto` (the app's own SDK if it starts one, else ours), `own` (ours) or `off` (correlation only, beside another distribution).",
  },
  {
    name: 'CORRELATION_HEADERS',
    type: { kind: 'list' },
    default: 'x-correlation-id,x-request-id',
    sentence:
      'Inbound header names by precedence: the first one with a well-formed value wins. From `x-amzn-trace-id`, if listed, only the `Root=` field is read, and it is not written unless it is named for that.',
  },
  {
    name: 'CORRELATION_RESPONSE_HEADER',
    type: { kind: 'name' },
    default: undefined,
    derived: 'the first of CORRELATION_HEADERS',
    sentence: 'The response header that carries the ID; `none` sends none.',
  },
  {
    name: 'CORRELATION_OUTBOUND_HEADER',
    type: { kind: 'list' },
    default: undefined,
    derived: 'the first of CORRELATION_HEADERS',
    sentence: 'A list of the headers that carry the ID on allowed outbound requests; `none` sends none.',
  },
  {
    name: 'CORRELATION_BAGGAGE_KEY',
    type: { kind: 'name' },
    default: 'correlation.id',
    sentence: 'The W3C baggage key that carries the ID; `none` turns it off.',
  },
  {
    name: 'CORRELATION_SPAN_ATTRIBUTE',
    type: { kind: 'name' },
    default: 'correlation.id',
    sentence: 'The span and log-record attribute that holds the ID; `none` turns it off.',
  },
  {
    name: 'CORRELATION_LOG_FIELD',
    type: { kind: 'name' },
    default: 'correlation_id',
    sentence: 'The field of log lines that holds the ID; `none` turns it off.',
  },
  {
    name: 'CORRELATION_ID_FORMAT',
    type: { kind: 'words', words: ['uuidv4', 'uuidv7', 'ulid', 'hex32'] },
    default: 'uuidv4',
    sentence:
      'What we generate: `uuidv4`, `uuidv7`, `ulid` or `hex32`. Where it is unset and the two variables below refuse `uuidv4`, the first format that they accept.',
  },
  {
    name: 'CORRELATION_ID_PATTERN',
    type: { kind: 'pattern', words: ['token', 'uuid', 'ulid', 'hex32'] },
    default: 'token',
    sentence:
      'What we accept: `token` (`^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]*$`), `uuid`, `ulid`, `hex32` or a regular expression between slashes, `/…/`, without flags; it is anchored at both ends.',
  },
  {
    name: 'CORRELATION_ID_MAX_LENGTH',
    // Percent-encoding triples a text, and a baggage entry above 4096 bytes is dropped:
    // https://www.w3.org/TR/2022/CRD-baggage-20221004/#limits
    type: { kind: 'integer', min: 1, max: 1024 },
    default: '128',
    sentence: 'The longest ID that we accept, in characters (1 to 1024); checked before anything else.',
  },
  {
    name: 'CORRELATION_ON_MISSING',
    type: { kind: 'words', words: ['generate', 'reject'] },
    default: 'generate',
    sentence: 'A request without an ID: `generate` one, or `reject` it with a 400.',
  },
  {
    name: 'CORRELATION_ON_INVALID',
    type: { kind: 'words', words: ['regenerate', 'reject'] },
    default: 'regenerate',
    sentence: 'A request whose ID is malformed: `regenerate` it, or `reject` the request with a 400.',
  },
  {
    name: 'CORRELATION_ON_CONFLICT',
    type: { kind: 'words', words: ['first', 'last', 'regenerate', 'reject'] },
    default: 'first',
    sentence:
      'The same header repeated with different values: `first`, `last` (behind a proxy that appends), `regenerate` or `reject`. Equal repeats are one value.',
  },
  {
    name: 'CORRELATION_TRUST',
    type: { kind: 'list' },
    default: 'all',
    sentence:
      'The peers whose IDs are adopted: `all`, `none`, `loopback`, `internal` and CIDRs; for requests of others we generate one. Unix sockets are trusted.',
  },
  {
    name: 'CORRELATION_REWRITE_REQUEST',
    type: { kind: 'boolean' },
    default: 'true',
    sentence:
      'The request headers that the app sees hold the decided ID, so that its own loggers agree with us; `false` leaves the request alone (signed requests).',
  },
  {
    name: 'CORRELATION_PROPAGATE_TO',
    type: { kind: 'list' },
    default: 'internal',
    sentence:
      'The hosts that get the ID: `internal`, a host, `*.suffix`, `host:port`, a CIDR, `all` or `none`; a leading `!` denies, and deny wins.',
  },
  {
    name: 'CORRELATION_STRIP_FORWARDED',
    type: { kind: 'boolean' },
    default: 'false',
    sentence: "With `true` a denied host never gets a configured header, not even the app's own.",
  },
  {
    name: 'CORRELATION_ERROR_BODY',
    type: { kind: 'words', words: ['off', 'default-page', 'problem'] },
    default: 'default-page',
    sentence:
      "Error bodies that name the ID: `off`, `default-page` (Express's own page) or `problem` (problem+json wherever the client prefers JSON, and a member of the app's own).",
  },
  {
    name: 'CORRELATION_EXPOSE_HEADER',
    type: { kind: 'boolean' },
    default: 'false',
    sentence: 'With `true` the response header is added to `Access-Control-Expose-Headers` where CORS is in use.',
  },
  {
    name: 'CORRELATION_MESSAGING',
    type: { kind: 'boolean' },
    default: 'true',
    sentence: 'Message and job metadata carry the ID; `false` leaves them alone.',
  },
  {
    name: 'CORRELATION_JOBS',
    type: { kind: 'words', words: ['link', 'parent'] },
    default: 'link',
    sentence:
      "A job's or message's trace: a new one linked to the producer's (`link`), or a child of it (`parent`); the ID is the same in both.",
  },
  {
    name: 'CORRELATION_SAMPLE_RATIO',
    type: { kind: 'number', min: 0, max: 1 },
    default: undefined,
    sentence: 'Samples by a hash of the ID (0 to 1): every service keeps or drops all traces of one ID together.',
  },
  {
    name: 'CORRELATION_FROM_ENV',
    type: { kind: 'boolean' },
    default: 'true',
    sentence: 'Scripts continue the ID and trace of `X_CORRELATION_ID`, `BAGGAGE`, `TRACEPARENT`; `false` reads none.',
  },
  {
    name: 'CORRELATION_SHUTDOWN_TIMEOUT_MS',
    type: { kind: 'integer', min: 0, max: 600_000 },
    default: '2000',
    sentence: 'At most this many milliseconds are spent on flushing at exit (0 to 600000).',
  },
  {
    name: 'CORRELATION_STRICT',
    type: { kind: 'boolean' },
    default: 'false',
    sentence: 'With `true` bad configuration stops the start (for CI).',
  },
] as const satisfies readonly Variable[]

export type VariableName = (typeof VARIABLES)[number]['name']

/** Finds a row with its exact type, so that a reader knows the allowed words at compile time. */
export function variable<Name extends VariableName>(name: Name): Extract<(typeof VARIABLES)[number], { name: Name }> {
  return VARIABLES.find((row) => row.name === name) as Extract<(typeof VARIABLES)[number], { name: Name }>
}
