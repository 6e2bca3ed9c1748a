// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { runTool } from './run-tool.ts'
import { toolRuns } from './tool-runs.ts'

/** Asked by every start script of a package: 101 means that nothing may start. https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt */
const POLICY = '/usr/sbin/policy-rc.d'
const START_NOTHING = '#!/bin/sh\nexit 101\n'

/** Installs packages without starting their services: a proxy on port 80 is not what a test run may leave behind. */
export function installDebianPackages(packages: readonly string[]): void {
  if (!toolRuns('apt-get', ['--version'])) {
    throw new Error(`${packages.join(', ')} come from Debian's packages, and there is no apt-get here.`)
  }
  const asRoot = rootCommand(packages)
  const installed = forbidServices(asRoot)
  try {
    asRoot('apt-get', [...WAIT_FOR_LOCK, 'update', '-q'])
    asRoot('apt-get', [...WAIT_FOR_LOCK, 'install', '-q', '-y', '--no-install-recommends', ...packages])
  } finally {
    if (installed) allowServices(asRoot)
  }
}

const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300']

type Command = (tool: string, args: readonly string[]) => void

function rootCommand(packages: readonly string[]): Command {
  const environment = ['DEBIAN_FRONTEND=noninteractive']
  if (process.getuid?.() === 0) return (tool, args) => void runTool('env', [...environment, tool, ...args])
  if (!toolRuns('sudo', ['-n', 'true'])) {
    throw new Error(
      `${packages.join(', ')} can be installed by root only, and sudo asks for a password: ` +
        `run \`apt-get install ${packages.join(' ')}\` as root first.`,
    )
  }
  return (tool, args) => void runTool('sudo', ['-n', 'env', ...environment, tool, ...args])
}

/** True where the policy is ours to take away again; a container image brings its own. */
function forbidServices(asRoot: Command): boolean {
  if (existsSync(POLICY)) return false
  if (process.getuid?.() === 0) writeFileSync(POLICY, START_NOTHING, { mode: 0o755 })
  else asRoot('sh', ['-c', `printf '${START_NOTHING.replaceAll('\n', '\\n')}' >${POLICY} && chmod 755 ${POLICY}`])
  return true
}

function allowServices(asRoot: Command): void {
  if (process.getuid?.() === 0) rmSync(POLICY, { force: true })
  else asRoot('rm', ['-f', POLICY])
}
