// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UndiciTunnels } from '../../../instrumentations/undici-tunnel.ts'

describe('UndiciTunnels', () => {
  it('withholds from the requests that wait for the tunnel, and from those after it', () => {
    const tunnels = new UndiciTunnels()
    const withheld: string[] = []
    const sent = {}
    tunnels.watch('a:80', {}, () => withheld.push('one'))
    tunnels.watch('a:80', {}, () => withheld.push('two'))
    tunnels.watch('a:80', sent, () => withheld.push('sent'))
    tunnels.watch('b:80', {}, () => withheld.push('other'))
    tunnels.forget(sent)
    assert.equal(tunnels.isClosed('a:80'), false)
    tunnels.close('a:80')
    tunnels.close('a:80')
    assert.deepEqual(withheld, ['one', 'two'])
    assert.deepEqual([tunnels.isClosed('a:80'), tunnels.isClosed('b:80')], [true, false])
  })

  it('forgets what it never saw', () => {
    const tunnels = new UndiciTunnels()
    tunnels.forget({})
    tunnels.close('a:80')
    assert.equal(tunnels.isClosed('a:80'), true)
  })

  it('forgets, from the list it is in, a request that was sent after its tunnel was closed', () => {
    const tunnels = new UndiciTunnels()
    const withheld: string[] = []
    const late = {}
    tunnels.watch('a:80', late, () => withheld.push('late'))
    tunnels.close('a:80')
    tunnels.watch('a:80', {}, () => withheld.push('next'))
    tunnels.forget(late)
    tunnels.close('a:80')
    assert.deepEqual(withheld, ['late', 'next'])
  })

  it('has a request once, however often it is watched', () => {
    const tunnels = new UndiciTunnels()
    const withheld: string[] = []
    const request = {}
    tunnels.watch('a:80', request, () => withheld.push('first'))
    tunnels.watch('b:80', request, () => withheld.push('second'))
    tunnels.close('a:80')
    tunnels.forget(request)
    tunnels.close('b:80')
    assert.deepEqual(withheld, [])
  })
})
