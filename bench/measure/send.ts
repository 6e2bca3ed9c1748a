// SPDX-License-Identifier: Apache-2.0
import type { App } from '../processes/app.ts'
import type { LoadOrder } from '../processes/load.ts'
import type { Surroundings } from '../processes/surroundings.ts'

/** Sends requests to an app; throws where one was not answered, since a variant that does less work is no cheaper. */
export async function send(
  app: Pick<App, 'url' | 'stderr'>,
  order: Omit<LoadOrder, 'url'> & { readonly path: string },
  { load }: Pick<Surroundings, 'load'>,
): Promise<void> {
  const { path, ...rest } = order
  const { answered, failed } = await load({ ...rest, url: app.url + path })
  if (failed === 0 && answered === order.amount) return
  throw new Error(
    `Of ${order.amount} requests to ${path}, ${answered} were answered and ${failed} failed. ${app.stderr}`,
  )
}
