// SPDX-License-Identifier: Apache-2.0

/** What libraries call a job that the application gave no name: another one each time. */
const MADE_UP = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|<Anonymous Job .*>)$/
/** What a function is called for where it is written. */
const PLACES = new Set(['', 'onTick', 'task', 'job', 'anonymous'])

/**
 * The name of a job for its spans: the one that the application gave, or its function's, or its expression.
 *
 * @param expression - What is not text, such as a date, would be another name for each job.
 */
export function jobName(name: unknown, callback: unknown, expression?: unknown): string {
  if (typeof name === 'string' && name !== '' && !MADE_UP.test(name)) return name
  const { name: written } = typeof callback === 'function' ? callback : { name: '' }
  // A class may have a static member of that name.
  if (typeof written === 'string' && !PLACES.has(written)) return written
  return typeof expression === 'string' ? expression : 'scheduled job'
}
