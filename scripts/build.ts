// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type BuildOptions, buildSync } from 'esbuild'

const root = path.join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}
const dist = path.join(root, 'dist')

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  define: { __VERSION__: JSON.stringify(manifest.version) },
  // Resolved at run time: the API must be the application's own copy where it can be, the hooks one copy per process.
  external: [...Object.keys(manifest.dependencies), 'winston'],
  // The ESM sources of the SDK packages are the ones that can be tree-shaken.
  conditions: ['import'],
  mainFields: ['module', 'main'],
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
}

/** ESM sources in a CommonJS bundle still ask where they are. */
const commonJs: BuildOptions = {
  format: 'cjs',
  define: { ...common.define, 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
}

/**
 * Built-in modules past the hooks of Module.prototype.require: that we load `net` is no reason for an instrumentation of the
 * application's to patch it. Upstream's HTTP instrumentation of our own asks for its modules by `createRequire`.
 */
const quietRequire = `var require = ((all, { _load, isBuiltin }) =>
  Object.assign((id) => (isBuiltin(id) ? _load(id) : all(id)), all))(require, require('node:module'))`

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })

// The preload: one synchronous CommonJS file; what it loads lazily is inside, and runs when it is first asked for.
buildSync({
  ...common,
  ...commonJs,
  entryPoints: ['src/preload.ts'],
  outfile: 'dist/preload.cjs',
  inject: ['src/sdk/unref-timers.ts'],
  banner: { js: `${quietRequire}\n${commonJs.banner?.['js']}` },
})
buildSync({ ...common, entryPoints: ['src/sdk/exit-child.ts'], outfile: 'dist/exit-child.cjs', format: 'cjs' })
buildSync({ ...common, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.cjs', format: 'cjs' })

// The public entries, in both formats: `import` and `require` give two instances, and their state is on globalThis.
const entryPoints = ['src/index.ts', 'src/winston.ts']
buildSync({ ...common, entryPoints, outdir: 'dist', format: 'esm', outExtension: { '.js': '.mjs' } })
buildSync({ ...common, ...commonJs, entryPoints, outdir: 'dist', outExtension: { '.js': '.cjs' } })

// The declarations, once for each format: a folder's package.json says how TypeScript reads them.
const types = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
if (types.status !== 0) process.exit(types.status ?? 1)
cpSync(path.join(dist, 'esm'), path.join(dist, 'cjs'), { recursive: true })
writeFileSync(path.join(dist, 'esm/package.json'), '{"type":"module"}\n')
writeFileSync(path.join(dist, 'cjs/package.json'), '{"type":"commonjs"}\n')
