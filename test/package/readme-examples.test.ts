// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type CodeBlock, codeBlocks, codeLines } from '../support/markdown.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
const EXAMPLES = codeBlocks(README).filter(({ language }) => /^(js|mjs|cjs|ts)$/.test(language))
const PACKAGES = ['express', 'winston', '@opentelemetry']

/** Lines that are not run here, and why; the ones of the app are in `readme-app.test.ts`. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (run demo|test)$/, 'they install this package itself: `readme.test.ts` looks for the scripts'],
  [/^npm ci && npm pack --pack-destination \.\.\/my-app$/, 'so does this'],
  [/^npm install \.\/org-correlation-[\d.]+\.tgz$/, 'the packed file has tests of its own'],
  [/^node --(import|require) @org\/correlation\/register app\.[cm]js$/, 'see `readme-app.test.ts`'],
  [/^docker compose up -d --wait$/, 'it needs Docker; `npm run stack` is the same stack'],
  [/^npm run (programs|stack)$/, 'see `test/real/stack.test.ts`'],
  [/^curl -i http:\/\/localhost:8080\//, 'so are these'],
]

let project: string

/** Runs a command in an app's folder, in an environment in which nothing else is set. */
async function run(file: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const env = {
    PATH: `${path.join(project, 'bin')}:${path.dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: project,
    OTEL_TRACES_EXPORTER: 'none',
  }
  return promisify(execFile)(file, args, { cwd: project, env, timeout: 30_000 })
}

async function runExample({ language, code }: CodeBlock, withPreload: boolean): Promise<string> {
  const file = `example.${language === 'js' ? 'mjs' : language}`
  writeFileSync(path.join(project, file), code)
  const preload = withPreload ? ['--import', '@org/correlation/register'] : []
  const { stdout, stderr } = await run(process.execPath, [...preload, file])
  assert.equal(stderr, '')
  return stdout
}

async function runLine(line = ''): Promise<string> {
  return (await run('sh', ['-c', line])).stdout
}

/** What the example says it prints: `// → text`. */
function promised({ code }: CodeBlock): string {
  return [...code.matchAll(/^\s*\/\/ → (.*)$/gm)].map(([, text]) => `${text}\n`).join('')
}

before(() => {
  // An app's folder, as `npm install` leaves it.
  project = mkdtempSync(path.join(tmpdir(), 'readme-'))
  mkdirSync(path.join(project, 'node_modules/@org'), { recursive: true })
  symlinkSync(ROOT, path.join(project, 'node_modules/@org/correlation'))
  for (const name of PACKAGES)
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(project, 'node_modules', name))
  const start = 'node -p "Symbol.for(\'@org/correlation\') in globalThis"'
  writeFileSync(path.join(project, 'package.json'), JSON.stringify({ name: 'app', scripts: { start } }))
  // npx as it finds an installed package's only command; the packed package is tried with the real one.
  mkdirSync(path.join(project, 'bin'))
  const npx = path.join(project, 'bin/npx')
  writeFileSync(npx, `#!/bin/sh\ntest "$1" = @org/correlation && shift && exec node ${ROOT}/dist/cli.cjs "$@"\n`)
  chmodSync(npx, 0o755)
})

after(() => rmSync(project, { recursive: true, force: true }))

describe("the README's examples", () => {
  const checked = EXAMPLES.filter(({ code }) => !code.startsWith('// app.mjs\n'))

  it('are all run: each says what it prints', () => {
    assert.equal(EXAMPLES.length - checked.length, 1, 'the app has a test of its own')
    assert.ok(checked.length >= 6)
    for (const example of checked) assert.notEqual(promised(example), '', example.code)
  })

  for (const example of checked) {
    const title = example.code.split('\n').find((line) => line.includes('(')) ?? ''
    const withPreload = example.flag !== 'without-preload'

    it(`prints what it says: ${title}`, async () => {
      assert.equal(await runExample(example, withPreload), promised(example))
    })

    if (withPreload) {
      it(`needs the preload for it: ${title}`, async () => {
        assert.notEqual(await runExample(example, false), promised(example))
      })
    }
  }
})

describe("the README's shell lines", () => {
  const lines = codeLines(README, 'sh')
  const runnable = lines.filter((line) => !NOT_RUN.some(([pattern]) => pattern.test(line)))

  it('are run, or it is known why not', () => {
    assert.deepEqual(runnable, [
      'npx @org/correlation path',
      'NODE_OPTIONS="--require $(npx @org/correlation path)" npm start',
    ])
    for (const [pattern] of NOT_RUN)
      assert.ok(
        lines.some((line) => pattern.test(line)),
        String(pattern),
      )
  })

  it('print the absolute path of a file that is there', async () => {
    const printed = await runLine(runnable[0])
    assert.equal(printed, `${path.join(ROOT, 'register.cjs')}\n`)
  })

  it('start an app with the preload by NODE_OPTIONS', async () => {
    assert.match(await runLine(runnable[1]), /^true$/m)
    assert.match(await runLine('npm start'), /^false$/m)
  })
})
