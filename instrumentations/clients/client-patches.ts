// SPDX-License-Identifier: Apache-2.0
import type { LibraryPatches } from '../library-patches.ts'
import { ioredisPatches } from './ioredis.ts'
import { mysql2Patches } from './mysql2.ts'
import { pQueuePatches } from './p-queue.ts'
import { pgPatches } from './pg.ts'
import { redisPatches } from './redis.ts'

const PATCHES: Readonly<Record<string, () => LibraryPatches>> = {
  pg: pgPatches,
  mysql2: mysql2Patches,
  ioredis: ioredisPatches,
  redis: redisPatches,
  'p-queue': pQueuePatches,
}

/** Pools, clients and queues that requests share: what they call back would run under the ID of another request, or under none. */
export function clientPatches(isEnabled: (name: string) => boolean): readonly LibraryPatches[] {
  return Object.entries(PATCHES).flatMap(([name, patches]) => (isEnabled(name) ? [patches()] : []))
}
