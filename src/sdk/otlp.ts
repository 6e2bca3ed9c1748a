// SPDX-License-Identifier: Apache-2.0
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { OtlpProtocol } from './otlp-settings.ts'
import { serializeSpanBatch } from './span-serializer.ts'
import { unrefAgent } from './unref-agent.ts'

const OPTIONS = { httpAgentOptions: unrefAgent }

/** Ours for the bytes, upstream's for what comes back. */
const TRACE_SERIALIZER: ISerializer<ReadableSpan[], IExportTraceServiceResponse> = {
  serializeRequest: serializeSpanBatch,
  deserializeResponse: ProtobufTraceSerializer.deserializeResponse,
}

/** The trace exporter of the protocol: upstream's, which reads `OTEL_EXPORTER_OTLP_*` itself, with a faster serializer for protobuf. */
export function createTraceExporter(protocol: OtlpProtocol): OTLPExporterBase<ReadableSpan[]> {
  if (protocol === 'http/json') return new JsonTraceExporter(OPTIONS)
  const options = convertLegacyHttpOptions(OPTIONS, 'TRACES', 'v1/traces', { 'Content-Type': 'application/x-protobuf' })
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      options,
      TRACE_SERIALIZER,
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  )
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
  return protocol === 'http/json' ? JsonTraceSerializer.serializeRequest([...spans]) : serializeSpanBatch(spans)
}

/** The bytes that the log exporter would send. */
export function serializeLogs(records: readonly ReadableLogRecord[], protocol: OtlpProtocol): Uint8Array | undefined {
  const serializer = protocol === 'http/json' ? JsonLogsSerializer : ProtobufLogsSerializer
  return serializer.serializeRequest([...records])
}
