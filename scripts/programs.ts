// SPDX-License-Identifier: Apache-2.0
import { providePrograms } from './programs/provide-programs.ts'

/** `npm run programs`: the real programs that the tests of the stack run, without the tests. */
try {
  providePrograms()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
