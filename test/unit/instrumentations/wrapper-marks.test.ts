// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InstrumentationBase, isWrapped } from '@opentelemetry/instrumentation'
import { markAsWrapped } from '../../../instrumentations/wrapper-marks.ts'

/** Any instrumentation: what it takes off and puts on goes through its base class. */
class Probe extends InstrumentationBase {
  constructor() {
    super('probe', '1', { enabled: false })
  }
  protected override init(): undefined {}
  takeOff(target: { run: () => string }): void {
    this._unwrap(target, 'run')
  }
  putOn(target: { run: () => string }): void {
    this._wrap(target, 'run', (original) => () => `theirs(${original()})`)
  }
}

describe('markAsWrapped', () => {
  const original = () => 'original'

  it('is what @opentelemetry/instrumentation takes for a wrapper', () => {
    const wrapper = () => 'ours'
    assert.equal(isWrapped(wrapper), false)
    markAsWrapped(wrapper, original, () => {})
    assert.equal(isWrapped(wrapper), true)
  })

  it('is told when an instrumentation takes it off, and stays', () => {
    let told = 0
    const target = { run: () => 'ours' }
    markAsWrapped(target.run, original, () => {
      told += 1
    })
    const probe = new Probe()
    probe.takeOff(target)
    assert.equal(told, 1)
    assert.equal(target.run(), 'ours')
    probe.putOn(target)
    assert.equal(target.run(), 'theirs(ours)')
    probe.takeOff(target)
    assert.equal(target.run(), 'ours')
  })

  it('does not show among its properties, and can be made again', () => {
    const wrapper = () => 'ours'
    markAsWrapped(wrapper, original, () => {})
    markAsWrapped(wrapper, original, () => {})
    assert.deepEqual(Object.keys(wrapper), [])
    assert.equal((wrapper as unknown as { __original: unknown }).__original, original)
  })
})
