// SPDX-License-Identifier: Apache-2.0
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { OtlpProtocol } from './otlp-settings.ts'
import { unrefAgent } from './unref-agent.ts'

const OPTIONS = { httpAgentOptions: unrefAgent }

/** The upstream trace exporter of the protocol; it reads `OTEL_EXPORTER_OTLP_*` itself. */
export function createTraceExporter(protocol: OtlpProtocol): ProtobufTraceExporter | JsonTraceExporter {
  return protocol === 'http/json' ? new JsonTraceExporter(OPTIONS) : new ProtobufTraceExporter(OPTIONS)
}

/** The upstream log exporter of the protocol. */
export function createLogExporter(protocol: OtlpProtocol): ProtobufLogExporter | JsonLogExporter {
  return protocol === 'http/json' ? new JsonLogExporter(OPTIONS) : new ProtobufLogExporter(OPTIONS)
}

/** The upstream metric exporter of the protocol. */
export function createMetricExporter(protocol: OtlpProtocol): ProtobufMetricExporter | JsonMetricExporter {
  return protocol === 'http/json' ? new JsonMetricExporter(OPTIONS) : new ProtobufMetricExporter(OPTIONS)
}

/** The bytes that the trace exporter would send. */
export function serializeSpans(spans: readonly ReadableSpan[], protocol: OtlpProtocol): Uint8Array | undefined {
  const serializer = protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer
  return serializer.serializeRequest([...spans])
}

/** The bytes that the log exporter would send. */
export function serializeLogs(records: readonly ReadableLogRecord[], protocol: OtlpProtocol): Uint8Array | undefined {
  const serializer = protocol === 'http/json' ? JsonLogsSerializer : ProtobufLogsSerializer
  return serializer.serializeRequest([...records])
}
