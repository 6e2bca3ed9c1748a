// SPDX-License-Identifier: Apache-2.0
import { after, before } from 'node:test'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { getId, setId } from '../../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'

/** Gives the tests of a file a context manager. */
export function useContextManager(): void {
  before(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
  after(() => context.disable())
}

/** Runs a function as a request with this ID would. */
export function under<Result>(id: string, run: () => Result): Result {
  return context.with(setId(ROOT_CONTEXT, id as CorrelationId), run)
}

export const activeId = (): string | undefined => getId(context.active())
