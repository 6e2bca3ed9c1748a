// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { diag } from '@opentelemetry/api'
import { parseKeyPairsIntoRecord } from '@opentelemetry/core'
import { type OtelEnv, textOf } from './otel-env.ts'

/** The OTLP transports of the lean assembly; gRPC is the full one's. */
export type OtlpProtocol = 'http/protobuf' | 'http/json'

/** The signals, as the variables spell them. */
export type OtlpSignal = 'TRACES' | 'METRICS' | 'LOGS'

/** Where and how one signal is sent at exit, when the upstream exporter's promises can no longer run. */
export interface OtlpSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

/** The protocol of a signal, `grpc` included; garbage means the default. */
export function protocolOf(env: OtelEnv, signal: OtlpSignal): OtlpProtocol | 'grpc' {
  const text = own(env, signal, 'PROTOCOL')?.toLowerCase()
  if (text === undefined || text === 'http/protobuf') return 'http/protobuf'
  if (text === 'http/json' || text === 'grpc') return text
  diag.warn(
    `OTEL_EXPORTER_OTLP_PROTOCOL or OTEL_EXPORTER_OTLP_${signal}_PROTOCOL is none of http/protobuf, http/json, grpc; http/protobuf is used.`,
  )
  return 'http/protobuf'
}

/** Reads the settings that the exporter of the signal reads. https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export function otlpSettings(env: OtelEnv, signal: OtlpSignal, protocol: OtlpProtocol): OtlpSettings {
  const specific = textOf(env, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)
  const general = textOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
  const url = specific ?? `${general.replace(/\/+$/, '')}/v1/${signal.toLowerCase()}`
  const file = (name: string) => {
    const path = own(env, signal, name)
    if (path === undefined) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch {
      diag.warn(`OTEL_EXPORTER_OTLP_${name} names a file that cannot be read; it is not used.`)
      return undefined
    }
  }
  const ca = file('CERTIFICATE')
  const cert = file('CLIENT_CERTIFICATE')
  const key = file('CLIENT_KEY')
  return {
    url,
    headers: {
      ...parseKeyPairsIntoRecord(textOf(env, 'OTEL_EXPORTER_OTLP_HEADERS')),
      ...parseKeyPairsIntoRecord(textOf(env, `OTEL_EXPORTER_OTLP_${signal}_HEADERS`)),
      'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    },
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  }
}

function own(env: OtelEnv, signal: OtlpSignal, name: string): string | undefined {
  return textOf(env, `OTEL_EXPORTER_OTLP_${signal}_${name}`) ?? textOf(env, `OTEL_EXPORTER_OTLP_${name}`)
}
