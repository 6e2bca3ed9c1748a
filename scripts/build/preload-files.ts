// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { findPieces, type Pieces } from './pieces.ts'

/** What the preload loads later, if ever: each is a `require` in the sources, and becomes a file of this name. */
const LAZY: Readonly<Record<string, string>> = {
  logs: 'src/sdk/logs.ts',
  metrics: 'src/sdk/meter-provider.ts',
  otlp: 'src/sdk/otlp.ts',
  run: 'src/cli/run-scope.ts',
}

/**
 * Built-in modules and our own files past the hooks of `Module.prototype.require`: that we load `net` is no reason for an
 * instrumentation of the application's to patch it, and our files are none of its modules. A lazy file is a function of this very
 * `require`, so that it finds the one preload that runs, whatever became of `require.cache`.
 */
const QUIET_REQUIRE = `var require = ((all, { _load, isBuiltin }) => {
  const loaded = new Map();
  const ours = (id) => {
    if (Object.hasOwn(module.exports, id)) return module.exports[id];
    if (!loaded.has(id)) loaded.set(id, _load(__dirname + id.slice(1))(quiet));
    return loaded.get(id);
  };
  const quiet = Object.assign((id) => (isBuiltin(id) ? _load(id) : id.startsWith('./') ? ours(id) : all(id)), all);
  return quiet;
})(require, require('node:module'))`

// In parentheses, because V8 compiles such a function at once, and would otherwise parse it twice.
const LAZY_START = 'module.exports = (function (require) { const module = { exports: {} }; let exports = module.exports'
const LAZY_END = 'return module.exports })'

/**
 * Makes `preload.cjs` of what every start runs, and a file of each part that is loaded later, so that a start neither reads nor
 * parses those. No module is in two files: the lazy ones take what they share from the preload.
 *
 * esbuild splits ES modules only, and spreads what is shared over many files. So it splits first, and a second run makes
 * CommonJS of the pieces: those that the preload imports become one file.
 */
export async function buildPreload(common: BuildOptions, outDir: string): Promise<Metafile> {
  const folder = path.join(outDir, '.pieces')
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: { preload: 'src/preload.ts', ...LAZY },
    inject: ['src/sdk/unref-timers.ts'],
    format: 'esm',
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    sourcemap: 'inline',
    metafile: true,
    write: false,
    plugins: [...(common.plugins ?? []), lazyFiles],
  })
  mkdirSync(folder)
  try {
    for (const { path: file, contents } of outputFiles) writeFileSync(file, contents)
    const pieces = findPieces(metafile, 'preload.mjs')
    const settings: BuildOptions = {
      ...common,
      // The comments in the bundles name their pieces from here on, which must not depend on where the build is made.
      absWorkingDir: folder,
      format: 'cjs',
      // Every `import()` left is of a piece: `require` knows how to load those.
      supported: { 'dynamic-import': false },
    }
    await Promise.all([
      buildCore(settings, folder, pieces),
      ...[...pieces.lazy].map(([piece, name]) => buildLazy(settings, folder, pieces, piece, name)),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
  return metafile
}

const REQUIRE_LATER = /^const requireLater = .*$/m

/** Has `lazy-files.ts` ask for the files that are made apart, `otlp.cjs` instead of `otlp.ts`. */
const lazyFiles: Plugin = {
  name: 'lazy-files',
  setup({ initialOptions, onLoad, onResolve }) {
    onLoad({ filter: /[\\/]lazy-files\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(REQUIRE_LATER, '').replaceAll('requireLater(', 'require('),
      loader: 'ts',
    }))
    const root = initialOptions.absWorkingDir ?? '.'
    const names = new Map(Object.entries(LAZY).map(([name, file]) => [path.resolve(root, file), name]))
    onResolve({ filter: /^\.\/.+\.ts$/ }, ({ kind, path: file, resolveDir }) => {
      const name = kind === 'require-call' ? names.get(path.resolve(resolveDir, file)) : undefined
      return name === undefined ? undefined : { path: `./${name}.cjs`, external: true }
    })
  },
}

/** The preload, and under their own names the pieces of it that lazy files import. */
async function buildCore(settings: BuildOptions, folder: string, { core, lazy }: Pieces): Promise<void> {
  // In front of the piece, which has a source map, and not in an entry of its own, which would be one more source.
  const entry = path.join(folder, core[0] ?? '')
  const shared = core.slice(1).map((piece) => `export * as "./${piece}" from './${piece}';`)
  writeFileSync(entry, readFileSync(entry, 'utf8').replace(/(?=\n\/\/# sourceMappingURL)/, `\n${shared.join('')}`))
  const lazyPieces: Plugin = {
    name: 'lazy-pieces',
    setup({ onResolve }) {
      onResolve({ filter: /\.mjs$/ }, ({ path: file }) => {
        const name = lazy.get(path.basename(file))
        return name === undefined ? undefined : { path: `./${name}.cjs`, external: true }
      })
    },
  }
  await build({
    ...settings,
    entryPoints: [entry],
    outfile: path.join(path.dirname(folder), 'preload.cjs'),
    banner: { js: QUIET_REQUIRE },
    plugins: [lazyPieces],
  })
}

/** What the preload has is taken from there, and what several lazy files share is a file too. */
async function buildLazy(
  settings: BuildOptions,
  folder: string,
  { lazy }: Pieces,
  piece: string,
  name: string,
): Promise<void> {
  const otherFiles: Plugin = {
    name: 'other-files',
    setup({ onResolve }) {
      onResolve({ filter: /\.mjs$/ }, ({ kind, path: file }) => {
        if (kind === 'entry-point') return undefined
        const other = lazy.get(path.basename(file))
        return { path: other === undefined ? `./${path.basename(file)}` : `./${other}.cjs`, external: true }
      })
    },
  }
  await build({
    ...settings,
    entryPoints: [path.join(folder, piece)],
    outfile: path.join(path.dirname(folder), `${name}.cjs`),
    banner: { js: LAZY_START },
    footer: { js: LAZY_END },
    plugins: [otherFiles],
  })
}
