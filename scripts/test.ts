// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import path from 'node:path'

/** `npm test [-- <file or pattern>…]`: everything that needs nothing but Node and npm. */
const root = path.join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const patterns = given.length > 0 ? given : ['test/{unit,support,e2e,package}/**/*.test.ts']

if (given.length === 0) {
  console.log(
    'Left to `npm run test:real`, which installs what it needs: other Node versions (22.15.0, 22, 26), npm, pnpm and yarn installs,\n' +
      'applications with another OpenTelemetry SDK (2.x, 3.x, auto-instrumentations, Sentry, Elastic), and the collector, Jaeger and proxies.\n',
  )
}
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...patterns], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
