// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { patchOwnMethod, prototypeOf } from '../../../../instrumentations/clients/own-method.ts'

class Parent {
  inherited(): string {
    return 'inherited'
  }
}

class Child extends Parent {
  readonly name = 'child'
  own(suffix: string): string {
    return this.name + suffix
  }
}

describe('patchOwnMethod()', () => {
  it('replaces an own method, which stays as visible as it was', () => {
    patchOwnMethod(Child.prototype, 'own', (original) => {
      return function (...args) {
        return `<${original.apply(this, args)}>`
      }
    })
    assert.equal(new Child().own('!'), '<child!>')
    assert.deepEqual(Object.keys(Child.prototype), [])
  })

  it('leaves alone what is inherited, absent, or no method, and what is no object', () => {
    const never = () => assert.fail('it was patched')
    patchOwnMethod(Child.prototype, 'inherited', never)
    patchOwnMethod(Child.prototype, 'absent', never)
    patchOwnMethod({ value: 1 }, 'value', never)
    for (const holder of [undefined, null, 'text']) patchOwnMethod(holder, 'length', never)
    assert.equal(new Child().inherited(), 'inherited')
  })
})

describe('prototypeOf()', () => {
  const CASES: readonly (readonly [title: string, exports: unknown, name: string | undefined, found: unknown])[] = [
    ['the module itself', Child, undefined, Child.prototype],
    ['the default', { default: Child }, undefined, Child.prototype],
    ['a name', { Child }, 'Child', Child.prototype],
    ['nothing', { other: Child }, 'Child', undefined],
  ]
  for (const [title, exports, name, found] of CASES) {
    it(`finds a class that is ${title}`, () => assert.equal(prototypeOf(exports, name), found))
  }
})
