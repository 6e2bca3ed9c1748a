// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from 'node:test'
import { rawRequest } from './raw-request.ts'
import { type App, type RunAppOptions, runApp } from './run-app.ts'

/** One application twice: with the preload and without. */
export interface Pair {
  readonly withUs: App
  readonly without: App
}

/** Starts both. Express's pages show stacks in development, and a stack shows who called. */
export async function startPair(fixture: string, env: RunAppOptions['env'], t: TestContext): Promise<Pair> {
  const all = { NODE_ENV: 'production', OTEL_TRACES_EXPORTER: 'none', ...env }
  const [withUs, without] = await Promise.all([
    runApp({ fixture, env: all, t }),
    runApp({ fixture, env: all, preload: 'none', t }),
  ])
  return { withUs, without }
}

/** What both applications answered to the same bytes. */
export interface Exchange {
  readonly withUs: string
  readonly without: string
}

/** Sends the same bytes to both. Responses come as Latin-1: one character a byte. */
export async function replay({ withUs, without }: Pair, bytes: string): Promise<Exchange> {
  const [a, b] = await Promise.all([rawRequest(withUs.port, bytes), rawRequest(without.port, bytes)])
  return { withUs: a.toString('latin1'), without: b.toString('latin1') }
}

const HEADER = /^x-correlation-id: ([^\r\n]*)\r\n/gim
const DATE = /^Date: [^\r\n]*\r\n/gm
const PAGE_LINE = /<p>Correlation ID: <code>[^<]*<\/code><\/p>\n/
/** From the length in a head to our line in the page that it belongs to, and not into the next response. */
const PAGE = new RegExp(`^(Content-Length: )(\\d+)(\\r\\n(?:(?!HTTP/1\\.1 )[^])*?)(${PAGE_LINE.source})`, 'gm')
const LENGTH = /^(Content-Length: )(\d+)/m

/** Takes out the time, which two processes need not share. */
export function withoutDate(response: string): string {
  return response.replaceAll(DATE, '')
}

/** Takes out what we document to add, and nothing else. */
export function withoutAdditions(response: string, isHead: boolean): string {
  const id = [...response.matchAll(HEADER)][0]?.[1] ?? ''
  const bare = withoutDate(response).replaceAll(HEADER, '')
  // The page of a HEAD request is only its length.
  if (isHead && bare.includes("\r\nContent-Security-Policy: default-src 'none'\r\n")) {
    const added = `<p>Correlation ID: <code>${id}</code></p>\n`.length
    return bare.replace(LENGTH, (_, name: string, length: string) => `${name}${Number(length) - added}`)
  }
  return bare.replaceAll(
    PAGE,
    (_, name: string, length: string, between: string, line: string) =>
      `${name}${Number(length) - line.length}${between}`,
  )
}

/** How many responses of the application there are (1xx are not final), and how many of them carry the header. */
export function countHeaders(response: string): { readonly responses: number; readonly headers: number } {
  return {
    responses: [...response.matchAll(/HTTP\/1\.1 [2-9]\d\d /g)].length,
    headers: [...response.matchAll(HEADER)].length,
  }
}
