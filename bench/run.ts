// SPDX-License-Identifier: Apache-2.0
import type { ClusterResult } from './measure/cluster.ts'
import type { Installed } from './measure/disk.ts'
import type { InstructionSamples } from './measure/instructions.ts'
import type { Job } from './measure/job.ts'
import type { LatencySamples } from './measure/latency.ts'
import type { MemorySamples } from './measure/memory.ts'
import type { RequestSamples } from './measure/request.ts'
import type { ScaleSamples } from './measure/scale.ts'
import type { SoakResult } from './measure/soak.ts'
import type { StartSamples } from './measure/start.ts'
import type { Sample } from './ratio.ts'

/** The machine, as far as it explains a number. */
export interface Machine {
  readonly cores: number
  readonly architecture: string
  readonly system: string
  readonly memoryGib: number
  readonly node: string
  /** All processes of the run shared one core. */
  readonly onOneCore: boolean
}

/** All that a run of the benchmark found; a part that was not asked for is absent. */
export interface Run {
  readonly date: string
  readonly command: string
  readonly quick: boolean
  readonly machine: Machine
  /** The exact versions of the app's packages and of what is compared. */
  readonly versions: Readonly<Record<string, string>>
  /** Variants that did not run, with the reason. */
  readonly missing: Readonly<Record<string, string>>
  readonly job?: readonly Job[]
  readonly start?: StartSamples
  readonly operatorStart?: StartSamples
  readonly exportedStart?: StartSamples
  readonly requests?: Readonly<Record<string, RequestSamples>>
  readonly memory?: MemorySamples
  readonly latency?: LatencySamples
  readonly disk?: readonly Installed[]
  readonly scale?: ScaleSamples
  readonly cluster?: readonly ClusterResult[]
  /** CPU microseconds of the parts alone. */
  readonly parts?: readonly Sample[]
  readonly instructions?: InstructionSamples
  readonly soak?: SoakResult
}
