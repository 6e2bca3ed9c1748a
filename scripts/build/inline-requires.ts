// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

const DYNAMIC_REQUIRE = /^const (\w+) = __require\((".+")\);$/gm

/**
 * Turns the `createRequire` calls in the ESM sources of OpenTelemetry packages into imports. A bundler takes them for calls
 * of any function, so the package named would have to be installed beside us, and nothing but luck puts it there.
 */
export const inlineRequires: Plugin = {
  name: 'inline-requires',
  setup(build) {
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/][^\\/]+[\\/]dist[\\/].*\.mjs$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const contents = text.replaceAll(DYNAMIC_REQUIRE, 'import $1 from $2;')
      return contents === text ? undefined : { contents, loader: 'js' }
    })
  },
}
