// SPDX-License-Identifier: Apache-2.0
import protobuf from 'protobufjs'

/**
 * The part of the OTLP messages that the tests look at. A protobuf reader skips fields it does not know, so what is
 * left out here is ignored, not refused.
 * See https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto.
 */
const OTLP_PROTO = `
syntax = "proto3";

message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; }
message Resource { repeated KeyValue attributes = 1; }

message TraceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; fixed32 flags = 16;
  string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15;
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
  message Status { string message = 2; int32 code = 3; }
}

message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10;
}

message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; }
message Metric {
  string name = 1; string description = 2; string unit = 3;
  oneof data { NumberData gauge = 5; NumberData sum = 7; HistogramData histogram = 9; ExponentialHistogramData exponential_histogram = 10; }
}
message NumberData { repeated NumberPoint data_points = 1; }
message NumberPoint { oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated KeyValue attributes = 7; }
message HistogramData { repeated HistogramPoint data_points = 1; }
message HistogramPoint { fixed64 count = 4; double sum = 5; repeated KeyValue attributes = 9; }
message ExponentialHistogramData { repeated ExponentialHistogramPoint data_points = 1; }
message ExponentialHistogramPoint { repeated KeyValue attributes = 1; fixed64 count = 4; double sum = 5; }
`

/** The OTLP/HTTP request message of each signal. */
export type OtlpMessage = 'TraceRequest' | 'LogsRequest' | 'MetricsRequest'

const root = protobuf.parse(OTLP_PROTO).root

/**
 * Decodes a protobuf body to the object that the JSON encoding of OTLP has: lower camel case, 64-bit numbers as
 * strings, enums as numbers. Trace and span IDs are hex, as https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * asks of them.
 */
export function decodeProtobuf(message: OtlpMessage, body: Uint8Array): unknown {
  const type = root.lookupType(message)
  return hexIds(type.toObject(type.decode(body), { longs: String, enums: Number, oneofs: false }))
}

const ID_FIELDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId'])

function hexIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hexIds)
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      ID_FIELDS.has(key) && member instanceof Uint8Array ? Buffer.from(member).toString('hex') : hexIds(member),
    ]),
  )
}
