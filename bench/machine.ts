// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, totalmem, type } from 'node:os'
import type { Machine } from './run.ts'

/** What of this machine explains a number; nothing that names it. */
export const describeMachine = (): Machine => ({
  cores: availableParallelism(),
  architecture: process.arch,
  system: type(),
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
})
