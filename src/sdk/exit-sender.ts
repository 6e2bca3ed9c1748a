// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import type { OtlpSettings } from './otlp-settings.ts'

/** One OTLP request that is sent when this process is already exiting. */
export interface ExitRequest extends OtlpSettings {
  readonly body: Uint8Array
}

/** Loaded when there is something to send. */
const builtin = process.getBuiltinModule

/**
 * Sends what is left through a child, and waits for it: nothing asynchronous survives `process.exit`, and the usual
 * graceful shutdown of a server ends in it. The child has an empty environment, so no preload and no proxy of the
 * application's reaches it.
 *
 * @param timeoutMs - The child is ended after this many milliseconds.
 */
export function sendAtExit(requests: readonly ExitRequest[], timeoutMs: number): void {
  // A single executable application has no `node` to run the child with: it would start itself again.
  if (requests.length === 0 || timeoutMs <= 0 || builtin('node:sea').isSea()) return
  const input = JSON.stringify({
    timeoutMs,
    requests: requests.map((request) => ({
      ...request,
      tls: { ...trustOf(request), ...request.tls },
      body: Buffer.from(request.body).toString('base64'),
    })),
  })
  builtin('node:child_process').spawnSync(process.execPath, [path.join(__dirname, 'exit-child.cjs')], {
    input,
    env: {},
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  })
}

/** The authorities this process trusts beside Node's own (`NODE_EXTRA_CA_CERTS`, `--use-system-ca`): the child is started without. */
function trustOf({ url }: OtlpSettings): { readonly ca?: readonly string[] } {
  if (!url.startsWith('https:')) return {}
  const tls = builtin('node:tls')
  const trusted = tls.getCACertificates('default')
  return trusted.length === tls.rootCertificates.length ? {} : { ca: trusted }
}
