// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Exception } from '@opentelemetry/api'
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions'

interface Thrown {
  readonly code?: string | number
  readonly name?: string
  readonly message?: string
  readonly stack?: string
}

/** What an event says of an exception; undefined where there is nothing to say. As the SDK has it: an error's code goes before its name. */
export function exceptionAttributes(exception: Exception): Attributes | undefined {
  const { code, name, message, stack }: Thrown =
    typeof exception === 'string' ? { message: exception } : (exception ?? {})
  const type = code ? String(code) : name
  if (!type && !message) return undefined
  return {
    ...(type && { [ATTR_EXCEPTION_TYPE]: type }),
    ...(message && { [ATTR_EXCEPTION_MESSAGE]: message }),
    ...(stack && { [ATTR_EXCEPTION_STACKTRACE]: stack }),
  }
}
