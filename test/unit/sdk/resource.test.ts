// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { describe, it } from 'node:test'
import { createResource } from '../../../src/sdk/resource.ts'

describe('createResource', () => {
  it('names process, host and distribution, and waits for nothing', () => {
    const resource = createResource({})
    assert.equal(resource.asyncAttributesPending, false)
    const { attributes } = resource
    assert.equal(attributes['host.name'], hostname())
    assert.equal(attributes['process.pid'], process.pid)
    assert.equal(attributes['telemetry.distro.name'], '@org/correlation')
    assert.equal(attributes['telemetry.sdk.language'], 'nodejs')
    assert.match(String(attributes['service.name']), /^unknown_service:/)
    assert.ok(!('host.id' in attributes))
  })

  for (const [argv, isThere] of [
    [['node', '/app/node_modules/.bin/correlation', 'run', 'sh', '--password=hunter2'], false],
    [['node', '/app/node_modules/@org/correlation/dist/cli.cjs', 'run', 'sh', '--password=hunter2'], false],
    [['node', '/app/app.js', 'run'], true],
    [['node', '/app/correlation.js', 'run'], true],
    [['node', '/app/node_modules/.bin/correlation', 'path'], true],
    [['node'], true],
  ] as const) {
    it(`${isThere ? 'tells' : 'does not tell'} what this was called with: ${argv.join(' ')}`, (t) => {
      const before = process.argv
      t.after(() => {
        process.argv = before
      })
      process.argv = [...argv]
      const { attributes } = createResource({})
      assert.equal('process.command_args' in attributes, isThere)
      assert.equal(attributes['process.pid'], process.pid)
    })
  }

  for (const [value, key, isThere] of [
    ['none', 'process.pid', false],
    ['host,none', 'host.name', false],
    ['process', 'process.pid', true],
    ['process', 'host.name', false],
    ['os,serviceinstance', 'service.instance.id', true],
    ['all', 'os.type', true],
    ['aws', 'cloud.provider', false],
  ] as const) {
    it(`of OTEL_NODE_RESOURCE_DETECTORS=${value} has ${isThere ? '' : 'no '}${key}`, () => {
      assert.equal(key in createResource({ OTEL_NODE_RESOURCE_DETECTORS: value }).attributes, isThere)
    })
  }
})
