// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http'

/** RFC 9457 problem details with the ID as an extension member. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly correlation_id?: string
}

/** Makes the problem details of a status. https://www.rfc-editor.org/rfc/rfc9457 */
export function createProblem(status: number, id: string | undefined, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Unknown Error',
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(id === undefined ? {} : { correlation_id: id }),
  }
}
