// SPDX-License-Identifier: Apache-2.0

type LogRecord = Record<PropertyKey, unknown>

/**
 * Copies a log record and adds fields to the copy; what the record has already stays.
 *
 * The record may be the application's own object: `logger.error(err)` and `logger.info(order)` hand it through winston as it is.
 * An ID written into it would go wherever the object goes next: into a response body, or to a host that must not see it.
 */
export function copyWithFields(record: object, fields: Readonly<Record<string, string>>): LogRecord {
  const prototype: unknown = Object.getPrototypeOf(record)
  const copy: LogRecord = prototype === Object.prototype ? { ...record } : copyOfInstance(record)
  for (const name of Object.keys(fields)) if (copy[name] === undefined) copy[name] = fields[name]
  if (typeof copy['toJSON'] === 'function') keepFieldsInJson(copy, record, copy['toJSON'] as () => unknown, fields)
  return copy
}

/** An error, or an object of a class. Accessors become values: on a copy they would not find their private state. */
function copyOfInstance(record: object): LogRecord {
  const prototype: object | null = Object.getPrototypeOf(record)
  const copy = Object.create(prototype) as LogRecord
  for (let holder: object | null = record; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (holder === Object.prototype) break
    for (const key of Reflect.ownKeys(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key)
      if (descriptor === undefined || Object.hasOwn(copy, key)) continue
      if (holder !== record && descriptor.get === undefined) continue
      Object.defineProperty(copy, key, {
        value: Reflect.get(record, key),
        enumerable: holder === record && descriptor.enumerable === true,
        writable: true,
        configurable: true,
      })
    }
  }
  return copy
}

/** A `toJSON` names the fields it knows, as that of an AxiosError does: a line written from it would have no ID. */
function keepFieldsInJson(
  copy: LogRecord,
  record: object,
  toJson: () => unknown,
  fields: Readonly<Record<string, string>>,
): void {
  const toJSON = () => {
    let json: unknown
    try {
      json = toJson.call(copy)
    } catch {
      // It needs private state, which only the original has.
      json = toJson.call(record)
    }
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...fields, ...json } : json
  }
  Object.defineProperty(copy, 'toJSON', { value: toJSON, enumerable: false, writable: true, configurable: true })
}
