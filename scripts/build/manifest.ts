// SPDX-License-Identifier: Apache-2.0

/** The fields of a `package.json` that the build reads. */
export interface Manifest {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  readonly description?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
