// SPDX-License-Identifier: Apache-2.0

/** The part of autocannon that is used. It is installed by `npm run bench` only, so the compiler cannot look for it. */
declare module 'autocannon' {
  interface Options {
    readonly url: string
    readonly connections: number
    readonly amount: number
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly sampleInt?: number
  }
  interface Result {
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly timeouts: number
  }
  // biome-ignore lint/style/noDefaultExport: it is theirs
  export default function autocannon(options: Options): Promise<Result>
}
