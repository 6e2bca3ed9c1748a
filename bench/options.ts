// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util'
import { ROUTES } from './measure/routes.ts'
import { QUICK, VARIANTS } from './variants.ts'

/** What of the benchmark is run, and how long. */
export interface Options {
  readonly quick: boolean
  readonly variants: readonly string[]
  readonly routes: readonly string[]
  readonly rounds: number
  readonly warmUp: number
  readonly amount: number
}

const listOf = (text: string | undefined) => text?.split(',').filter(Boolean)

export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      variants: { type: 'string' },
      routes: { type: 'string' },
      rounds: { type: 'string' },
      amount: { type: 'string' },
    },
  })
  const { quick } = values
  return {
    quick,
    variants: listOf(values.variants) ?? (quick ? QUICK : VARIANTS.map(({ name }) => name)),
    routes: listOf(values.routes) ?? ROUTES.map(({ name }) => name),
    rounds: Number(values.rounds ?? (quick ? 3 : 9)),
    warmUp: quick ? 1_500 : 3_000,
    amount: Number(values.amount ?? (quick ? 3_000 : 8_000)),
  }
}
