// SPDX-License-Identifier: Apache-2.0

/** A response, as it was on the wire. */
export interface RawResponse {
  readonly status: number
  /** Names and values in order, repeated names too. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Reads one response with its headers; the body is what follows, with its chunk sizes if it is chunked. */
export function parseRawResponse(bytes: Buffer): RawResponse {
  const text = bytes.toString('latin1')
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1])
  if (!Number.isInteger(status)) throw new Error(`No HTTP response: ${JSON.stringify(text.slice(0, 200))}`)
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status, headers, body: rest.join('\r\n\r\n') }
}

/** Every value of a header, whatever the letter case of its name. */
export function valuesOf({ headers }: Pick<RawResponse, 'headers'>, name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}
