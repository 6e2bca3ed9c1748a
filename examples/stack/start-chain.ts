// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { programPath } from '../../test/real/programs.ts'
import { PROXIES } from '../../test/real/proxies.ts'
import { type App, type RunAppOptions, runApp } from '../../test/support/run-app.ts'
import { ROOT } from '../../test/support/run-command.ts'
import { type RunningProxy, startProxy } from '../../test/support/start-proxy.ts'

/** In the order in which a request comes by. `stock` is the one in Python. */
export const SERVICES = ['shop', 'pricing', 'stock', 'notifier'] as const
export type Service = (typeof SERVICES)[number]

export interface ChainOptions {
  /** Where the services send their telemetry: OTLP over HTTP. */
  readonly otlpUrl: string
  /** Where nginx listens; any free port by default. */
  readonly port?: number
  /** Where nginx keeps `access.json`. */
  readonly folder?: string
  /** Further variables of one service. */
  readonly env?: Readonly<Partial<Record<Service, Readonly<Record<string, string>>>>>
  /** Gets each line that a service writes to standard output. */
  readonly onLine?: (service: Service, line: string) => void
}

/** nginx → shop → pricing → stock → notifier, and shop → notifier: each a process of its own, with the files that users get. */
export interface Chain extends AsyncDisposable {
  /** nginx. */
  readonly url: string
  readonly nginx: RunningProxy
  readonly apps: Readonly<Record<Service, App>>
}

/** Starts the demo's services and the one in Python behind a real nginx. */
export async function startChain({ otlpUrl, port, folder, env = {}, onLine }: ChainOptions): Promise<Chain> {
  const running: AsyncDisposable[] = []
  const stop = async () => {
    // From the front to the back, so that nobody calls a service that is gone.
    for (const each of running.splice(0).reverse()) await each[Symbol.asyncDispose]()
  }

  async function start(service: Service, callees: Readonly<Record<string, string>> = {}): Promise<App> {
    const app = await runApp({
      ...programOf(service),
      sink: { url: otlpUrl },
      env: { NODE_ENV: 'production', OTEL_SERVICE_NAME: service, PORT: '0', ...callees, ...env[service] },
      ...(onLine && { onLine: (line: string) => onLine(service, line) }),
    })
    // As the machine would end it: what is queued is sent.
    running.push({ [Symbol.asyncDispose]: async () => void (await app.stop()) })
    return app
  }

  try {
    const notifier = await start('notifier')
    const stock = await start('stock', { NOTIFIER_URL: notifier.url })
    const pricing = await start('pricing', { STOCK_URL: stock.url })
    const shop = await start('shop', { PRICING_URL: pricing.url, NOTIFIER_URL: notifier.url })
    const [proxy] = PROXIES.filter(({ name }) => name === 'nginx')
    if (proxy === undefined) throw new Error('There is no nginx among the proxies.')
    const place = { ...(port !== undefined && { port }), ...(folder !== undefined && { folder }) }
    const nginx = await startProxy(proxy, { upstreamPort: shop.port, ...place })
    running.push(nginx)
    return {
      url: `http://127.0.0.1:${nginx.port}`,
      nginx,
      apps: { shop, pricing, stock, notifier },
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function programOf(service: Service): Pick<RunAppOptions, 'program' | 'fixture' | 'preload'> {
  if (service !== 'stock') return { fixture: path.join(ROOT, `examples/demo/${service}.js`), preload: 'import' }
  return { program: programPath('python'), fixture: path.join(ROOT, 'examples/flask/app.py') }
}
