// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { installFolder } from '../folders.ts'
import { appEnvironment } from '../processes/app.ts'
import { startChild } from '../processes/child.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import { BASELINE, CONTROL, calmSamples, type Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { startGeneration } from './generation.ts'
import { rotate } from './rotate.ts'

export interface PartsPlan {
  readonly variants: readonly Variant[]
  readonly generations: number
  readonly rounds: number
  /** Blocks of each variant in a round, of which {@link calmSamples} makes one sample. */
  readonly blocks: number
  /** Requests before the first round, and of each block. */
  readonly warmUp: number
  readonly amount: number
}

/** A block of requests: CPU per request, and where the last of them had its correlation ID: in both log lines and in the answer. */
export interface Block {
  readonly micros: number
  readonly ids: readonly (string | null)[]
}

/** A process of `app/parts.cjs`. */
export interface PartsProcess extends AsyncDisposable {
  block(count: number): Promise<Block>
}

/**
 * CPU microseconds of a request that is nothing but Node's HTTP server in memory and two log lines, once all is compiled. As with the requests,
 * all variants run at once and blocks of them alternate; throws for a variant that is cheap because it did nothing.
 */
export async function measureParts(
  plan: PartsPlan,
  progress: (text: string) => void,
  start: (variant: Variant) => Promise<PartsProcess>,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let generation = 0; generation < plan.generations; generation += 1) {
    progress(`parts, generation ${generation + 1} of ${plan.generations}`)
    await using running = await startGeneration(rotate(plan.variants, generation), start)
    for (const [variant, process] of running.processes) checkIds(variant, await process.block(plan.warmUp))
    const first = generation * plan.rounds
    for (let round = first; round < first + plan.rounds; round += 1) {
      for (let turn = round; turn < round + plan.blocks; turn += 1) {
        for (const [variant, process] of rotate(running.processes, turn)) {
          const block = await process.block(plan.amount)
          checkIds(variant, block)
          samples.push({ variant: variant.name, round, value: block.micros })
        }
      }
    }
  }
  return calmSamples(samples)
}

/** One ID in all three places, and in none of the bare app's. */
function checkIds({ name }: Variant, { ids }: Block): void {
  const isBare = name === BASELINE || name === CONTROL
  const [id] = ids
  if (ids.length === 3 && ids.every((one) => one === id) && isBare === (id === null)) return
  throw new Error(`The parts of ${name} did not do their job: the IDs in two log lines and the answer were ${ids}.`)
}

export function startParts(surroundings: Surroundings): (variant: Variant) => Promise<PartsProcess> {
  return async (variant) => {
    const folder = installFolder(variant.install)
    const child = startChild({
      args: [...variant.nodeArgs, path.join(folder, 'app/parts.cjs')],
      cwd: folder,
      env: appEnvironment(variant, surroundings),
      stdout: 'ignore',
    })
    await child.receive('listening')
    return {
      block: (count) => child.ask<Block>({ type: 'block', count }, 'block'),
      [Symbol.asyncDispose]: () => child.stop(),
    }
  }
}
