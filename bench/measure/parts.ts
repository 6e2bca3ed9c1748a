// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { installFolder } from '../folders.ts'
import { appEnvironment } from '../processes/app.ts'
import { startChild } from '../processes/child.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'

export interface PartsPlan {
  readonly variants: readonly Variant[]
  readonly rounds: number
}

/** CPU microseconds of a request that is nothing but Node's HTTP server in memory and two log lines: `app/parts.cjs`. */
export async function measureParts(
  plan: PartsPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      progress(`parts, round ${round + 1} of ${plan.rounds}: ${variant.name}`)
      const folder = installFolder(variant.install)
      const child = startChild({
        args: [...variant.nodeArgs, path.join(folder, 'app/parts.cjs')],
        cwd: folder,
        env: appEnvironment(variant, surroundings),
        stdout: 'ignore',
      })
      const { micros } = await child.receive<{ readonly micros: number }>('parts')
      await child.stop()
      samples.push({ variant: variant.name, round, value: micros })
    }
  }
  return samples
}
