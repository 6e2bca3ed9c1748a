// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { request } from './http-request.ts'
import { startOtlpSink } from './otlp-sink.ts'

const resource = resourceFromAttributes({ 'service.name': 'sink-test' })

const ENCODINGS = [
  {
    name: 'protobuf',
    Trace: ProtoTraceExporter,
    Log: ProtoLogExporter,
    Metric: ProtoMetricExporter,
    compression: CompressionAlgorithm.NONE,
  },
  {
    name: 'JSON',
    Trace: JsonTraceExporter,
    Log: JsonLogExporter,
    Metric: JsonMetricExporter,
    compression: CompressionAlgorithm.NONE,
  },
  {
    name: 'protobuf with gzip',
    Trace: ProtoTraceExporter,
    Log: ProtoLogExporter,
    Metric: ProtoMetricExporter,
    compression: CompressionAlgorithm.GZIP,
  },
  {
    name: 'JSON with gzip',
    Trace: JsonTraceExporter,
    Log: JsonLogExporter,
    Metric: JsonMetricExporter,
    compression: CompressionAlgorithm.GZIP,
  },
] as const

for (const { name, Trace, Log, Metric, compression } of ENCODINGS) {
  describe(`startOtlpSink() with ${name}`, () => {
    it('keeps a span with its parent, kind, attributes, status, links and events', async () => {
      await using sink = await startOtlpSink()
      const exporter = new Trace({ url: `${sink.url}/v1/traces`, compression })
      const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
      const tracer = provider.getTracer('the-scope', '1.2.3')
      const parent = tracer.startSpan('GET /', { kind: SpanKind.SERVER, startTime: [1_700_000_000, 1] })
      const child = tracer.startSpan(
        'work',
        { kind: SpanKind.CLIENT, links: [{ context: parent.spanContext(), attributes: { why: 'test' } }] },
        trace.setSpan(ROOT_CONTEXT, parent),
      )
      child.setAttributes({ text: 'ä', whole: 42, part: 0.5, yes: true, list: ['a', 'b'] })
      child.addEvent('happened', { n: 1 })
      child.setStatus({ code: SpanStatusCode.ERROR, message: 'broke' })
      child.end()
      parent.end([1_700_000_001, 2])
      await provider.shutdown()
      const spans = await sink.waitForSpans(2)

      const [work, root] = [spans.find((span) => span.name === 'work'), spans.find((span) => span.name === 'GET /')]
      assert.equal(work?.traceId, parent.spanContext().traceId)
      assert.equal(work?.spanId, child.spanContext().spanId)
      assert.equal(work?.parentSpanId, parent.spanContext().spanId)
      assert.equal(work?.kind, 'CLIENT')
      assert.deepEqual(work?.attributes, { text: 'ä', whole: 42, part: 0.5, yes: true, list: ['a', 'b'] })
      assert.deepEqual(work?.status, { code: 'ERROR', message: 'broke' })
      const { traceId, spanId } = parent.spanContext()
      assert.deepEqual(work?.links, [{ traceId, spanId, attributes: { why: 'test' } }])
      assert.deepEqual(
        work?.events.map(({ name, attributes }) => ({ name, attributes })),
        [{ name: 'happened', attributes: { n: 1 } }],
      )
      assert.deepEqual(work?.scope, { name: 'the-scope', version: '1.2.3' })
      assert.equal(work?.resource['service.name'], 'sink-test')
      assert.equal(root?.parentSpanId, undefined)
      assert.deepEqual(root?.status, { code: 'UNSET', message: '' })
      assert.equal(root?.startTimeUnixNano, 1_700_000_000_000_000_001n)
      assert.equal(root?.endTimeUnixNano, 1_700_000_001_000_000_002n)
      assert.deepEqual(sink.errors, [])
      assert.equal(sink.requests[0]?.path, '/v1/traces')
      assert.ok((sink.requests[0]?.bodyLength ?? 0) > 0)
      assert.equal(sink.requests[0]?.headers['content-encoding'], compression === 'gzip' ? 'gzip' : undefined)
    })

    it('keeps a log record with its trace', async () => {
      await using sink = await startOtlpSink()
      const exporter = new Log({ url: `${sink.url}/v1/logs`, compression })
      const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
      const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
      const logger = provider.getLogger('the-scope')
      logger.emit({
        body: 'hello',
        severityText: 'info',
        attributes: { 'correlation.id': 'abc' },
        context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
      })
      logger.emit({ body: { nested: [1, 'two'] }, context: ROOT_CONTEXT })
      await provider.shutdown()
      const logs = await sink.waitForLogs(2)

      const hello = logs.find((log) => log.body === 'hello')
      assert.deepEqual(hello?.attributes, { 'correlation.id': 'abc' })
      assert.equal(hello?.traceId, spanContext.traceId)
      assert.equal(hello?.spanId, spanContext.spanId)
      assert.equal(hello?.severityText, 'info')
      assert.equal(hello?.resource['service.name'], 'sink-test')
      const nested = logs.find((log) => log !== hello)
      assert.deepEqual(nested?.body, { nested: [1, 'two'] })
      assert.equal(nested?.traceId, undefined)
    })

    it('keeps metrics with their points', async () => {
      await using sink = await startOtlpSink()
      const exporter = new Metric({ url: `${sink.url}/v1/metrics`, compression })
      const readers = [new PeriodicExportingMetricReader({ exporter })]
      const provider = new MeterProvider({ resource, readers })
      const meter = provider.getMeter('the-scope')
      meter.createCounter('correlation.requests', { unit: '{request}' }).add(3, { 'correlation.source': 'header' })
      meter.createHistogram('duration', { unit: 's' }).record(0.25, { route: '/' })
      await provider.shutdown()
      const metrics = await sink.waitForMetrics(2)

      const counter = metrics.find((metric) => metric.name === 'correlation.requests')
      assert.equal(counter?.unit, '{request}')
      assert.deepEqual(counter?.points, [{ attributes: { 'correlation.source': 'header' }, value: 3 }])
      const histogram = metrics.find((metric) => metric.name === 'duration')
      assert.deepEqual(histogram?.points, [{ attributes: { route: '/' }, value: 1, sum: 0.25 }])
    })
  })
}

describe('startOtlpSink()', () => {
  it('answers 400 to a body that is not OTLP and says so when a wait fails', async () => {
    await using sink = await startOtlpSink()
    const headers = { 'content-type': 'application/json' }
    const response = await request(`${sink.url}/v1/traces`, { method: 'POST', headers, body: '{' })
    assert.equal(response.status, 400)
    assert.equal(sink.errors.length, 1)
    await assert.rejects(sink.waitForSpans(1, 10), /1 spans did not come in 10 ms\. Came: none\n {2}undecodable/)
  })

  it('answers with the status it was told and records all the same', async () => {
    await using sink = await startOtlpSink({ status: 503 })
    const headers = { 'content-type': 'application/json' }
    const body = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"one"}]}]}]}'
    const response = await request(`${sink.url}/v1/traces`, { method: 'POST', headers, body })
    assert.equal(response.status, 503)
    assert.equal(sink.spans[0]?.name, 'one')
  })

  it('waits for a predicate', async () => {
    await using sink = await startOtlpSink()
    const wait = sink.waitForSpans((spans) => spans.some((span) => span.name === 'two'))
    for (const name of ['one', 'two']) {
      await request(`${sink.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"${name}"}]}]}]}`,
      })
    }
    assert.deepEqual(
      (await wait).map((span) => span.name),
      ['one', 'two'],
    )
  })

  it('ends every wait when it is closed', async () => {
    const sink = await startOtlpSink()
    const wait = assert.rejects(sink.waitForLogs(1), /The sink was closed while something waited for logs\./)
    await sink.close()
    await wait
  })
})
