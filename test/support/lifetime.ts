// SPDX-License-Identifier: Apache-2.0

/** What programs end with where there is no test: all tests of a file, or a script. */
export interface Lifetime {
  after(cleanUp: () => unknown): void
  /** Does what was asked for, in that order. */
  end(): Promise<void>
}

export function createLifetime(): Lifetime {
  const cleanUps: (() => unknown)[] = []
  return {
    after: (cleanUp) => void cleanUps.push(cleanUp),
    end: async () => {
      for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    },
  }
}
