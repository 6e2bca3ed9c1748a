// SPDX-License-Identifier: Apache-2.0

/** The part of autocannon that is used. It is installed by `npm run bench` only, so the compiler cannot look for it. */
declare module 'autocannon' {
  interface Client {
    on(event: 'response', listener: (status: number, bytes: number, milliseconds: number) => void): void
  }
  interface Options {
    readonly url: string
    readonly connections: number
    readonly amount: number
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly overallRate?: number
    readonly sampleInt?: number
    readonly setupClient?: (client: Client) => void
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
