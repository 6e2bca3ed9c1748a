// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Goal } from '../../../bench/goals.ts'
import { ROUTES } from '../../../bench/measure/routes.ts'
import { type Options, parseOptions } from '../../../bench/options.ts'
import { QUICK, REQUESTED, VARIANTS } from '../../../bench/variants.ts'

const GOALS = JSON.parse(readFileSync(new URL('../../../bench/goals.json', import.meta.url), 'utf8')) as readonly Goal[]
const parsed = (...args: string[]) => parseOptions(args) as Options

describe('the options of the benchmark', () => {
  it('are everything but the soak by default', () => {
    const options = parsed()
    assert.equal(options.variants.length, VARIANTS.length)
    assert.ok(!options.parts.includes('soak') && options.parts.includes('memory'))
    assert.deepEqual(options.formats, ['cjs', 'esm'])
  })

  it('are less in a quick run', () => {
    const options = parsed('--quick')
    assert.deepEqual(options.variants, QUICK)
    assert.ok(!options.parts.includes('memory') && options.parts.includes('request'))
  })

  it('are what goals speak about where those are asked for, as long as in a whole run', () => {
    const options = parsed('--goals')
    const { variants, parts, quick, isWhole } = options
    assert.deepEqual([quick, isWhole], [false, false])
    for (const { figure, variant } of GOALS) {
      const [part = ''] = figure.split('.')
      assert.ok(part === 'soak' || part === 'instructions' || (parts as readonly string[]).includes(part), figure)
      assert.ok(variant.endsWith('*') || variants.includes(variant), variant)
    }
    assert.ok(!variants.includes('splunk') && !parts.includes('scale'))
  })

  it('take parts by name, a soak as a word', () => {
    assert.deepEqual(parsed('--only', 'start,job').parts, ['job', 'start'])
    assert.deepEqual(parsed('soak', '--minutes', '2').parts, ['soak'])
    assert.equal(parsed('soak', '--minutes', '2').minutes, 2)
  })

  it('have a run of its own for the instructions, of what goals speak about, on every route', () => {
    const { parts, variants, routes, write } = parsed('instructions', '--rounds', '2', '--write')
    assert.deepEqual(
      [parts, variants.length, routes.length, write],
      [['instructions'], REQUESTED.length, ROUTES.length, true],
    )
    assert.ok([[], ['--goals'], ['--quick']].every((args) => !parsed(...args).parts.includes('instructions')))
  })

  it('are those of a check for a soak by itself', () => {
    assert.deepEqual(
      [parsed('soak').check, parsed('--only', 'job').check, parsed('--minutes', '2').check],
      [true, false, false],
    )
  })

  it('are of a whole run where nothing is left out', () => {
    const whole = [[], ['--check', '--write'], ['--minutes', '3']].map((args) => parsed(...args).isWhole)
    assert.deepEqual(whole, [true, true, true])
    const less = [['--quick'], ['--app', 'esm'], ['soak'], ['--only', 'job']].map((args) => parsed(...args).isWhole)
    assert.deepEqual(less, [false, false, false, false])
  })

  it('have a soak in a whole run where its length is given', () => {
    assert.deepEqual(parsed('--write', '--check', '--minutes', '3').parts.slice(-1), ['soak'])
  })

  const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
    [['--only', 'strat'], /--only does not know "strat"/],
    [['--variants', 'none,other'], /--variants does not know "other"/],
    [['--app', 'ts'], /--app does not know "ts"/],
    [['--rounds', '0'], /--rounds takes a positive number/],
    [['--minutes', 'ten'], /--minutes takes a positive number/],
    [['--goals', '--write'], /Only a whole run is written down/],
    [['--quick', '--goals'], /a run has one of them/],
    [['--quick', '--write'], /Only a whole run is written down/],
    [['--only', 'job', '--write'], /Only a whole run is written down/],
    [['soak', '--write'], /Only a whole run is written down/],
    [['instructions', '--quick', '--write'], /Only a whole run is written down/],
    [['instructions', '--app', 'esm', '--write'], /Only a whole run is written down/],
    [['instructions', '--variants', 'none', '--write'], /Only a whole run is written down/],
    [['instructions', '--routes', 'http', '--write'], /Only a whole run is written down/],
    [['--fast'], /fast/],
  ]
  for (const [args, message] of REFUSED) {
    it(`refuse ${args.join(' ')}`, () => assert.throws(() => parseOptions(args), message))
  }

  it('have a help', () => assert.equal(parseOptions(['--help']), 'help'))
})
