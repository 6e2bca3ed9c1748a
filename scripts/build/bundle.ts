// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { inlineRequires } from './inline-requires.ts'
import type { Manifest } from './manifest.ts'
import { buildPreload } from './preload-files.ts'

/** ESM sources in a CommonJS bundle still ask where they are. */
const MODULE_URL = {
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
}

/** Bundles the entry points and returns what esbuild says went into each file. */
export async function bundle(root: string, outDir: string, manifest: Manifest): Promise<readonly Metafile[]> {
  const define = { __VERSION__: JSON.stringify(manifest.version) }
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22.15',
    define,
    // Resolved at run time: the API must be the application's own copy where it can be, the hooks one copy per process.
    external: [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.peerDependencies ?? {})],
    // The ESM sources of the SDK packages are the ones that can be tree-shaken.
    conditions: ['import'],
    mainFields: ['module', 'main'],
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [inlineRequires],
  } satisfies BuildOptions
  const commonJs = { format: 'cjs', ...MODULE_URL, define: { ...define, ...MODULE_URL.define } } satisfies BuildOptions
  const out = (name: string) => path.join(outDir, name)

  const runs: readonly BuildOptions[] = [
    { ...common, entryPoints: ['src/sdk/exit-child.ts'], outfile: out('exit-child.cjs'), format: 'cjs' },
    { ...common, entryPoints: ['src/cli/main.ts'], outfile: out('cli.cjs'), format: 'cjs' },
    // The public entries, in both formats: `import` and `require` give two instances, and their state is on globalThis.
    { ...common, ...PUBLIC, outdir: outDir, format: 'esm', outExtension: { '.js': '.mjs' } },
    { ...common, ...commonJs, ...PUBLIC, outdir: outDir, outExtension: { '.js': '.cjs' } },
  ]
  const results = await Promise.all(runs.map((options) => build(options)))
  // The preload has a copy of the API of its own: 99 small files are a fifth of the start, see docs/architecture.md.
  const external = common.external.filter((name) => name !== API)
  const api = JSON.parse(readFileSync(path.join(root, 'node_modules', API, 'package.json'), 'utf8')) as Manifest
  const preload = { ...common, external, define: { ...define, __API_VERSION__: JSON.stringify(api.version) } }
  return [...results.map(({ metafile }) => metafile as Metafile), await buildPreload(preload, outDir)]
}

const API = '@opentelemetry/api'

const PUBLIC = { entryPoints: ['src/index.ts', 'src/winston.ts'] }
