// SPDX-License-Identifier: Apache-2.0
import { cpus, totalmem, type } from 'node:os'
import type { Machine } from './run.ts'

/** What of this machine explains a number; nothing that names it. */
export const describeMachine = (onOneCore: boolean): Machine => ({
  cores: cpus().length,
  architecture: process.arch,
  system: type(),
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  onOneCore,
})
