import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

import type { Span, SpanOptions, TraceContext, Tracer } from '../../bus/tracing.ts';

export interface OpenTracer extends Tracer {
  /** Sends what is left, or gives it up. */
  close(): Promise<void>;
}

export interface TracerOptions {
  /** What the spans are of, unless OTEL_SERVICE_NAME says otherwise. */
  readonly serviceName: string;
  /** What went wrong while spans were sent; they are lost then. */
  readonly onFailure: (message: string) => void;
}

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** The SDK would try for 10 s, also in a process that is to stop. */
const SEND_TIMEOUT_MS = 3000;

const propagator = new W3CTraceContextPropagator();

/**
 * Sends spans to an OpenTelemetry collector: OTLP over HTTP, as JSON, in batches. Where to, how many and
 * how long, the SDK reads from its own environment variables (`OTEL_EXPORTER_OTLP_…`, `OTEL_TRACES_SAMPLER`,
 * `OTEL_BSP_…`). Nothing is registered globally: who is to be traced is given the tracer.
 */
export function openTracer({ serviceName, onFailure }: TracerOptions): OpenTracer {
  diag.setLogger(
    { error: onFailure, warn: onFailure, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.WARN,
  );
  const exporter = new OTLPTraceExporter(isTimeoutSet() ? {} : { timeoutMillis: SEND_TIMEOUT_MS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('facefleet');
  return {
    start: (name, options) => spanOf(begin(tracer, name, options)),
    record(name, ms, options) {
      const endedAt = Date.now();
      begin(tracer, name, options, endedAt - ms).end(endedAt);
    },
    close: () => provider.shutdown().catch((error: unknown) => onFailure(String(error))),
  };
}

const ignore = (): void => {};

const isTimeoutSet = (): boolean =>
  (process.env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ??
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT']) !== undefined;

function begin(
  tracer: OtelTracer,
  name: string,
  { parent, kind, attributes }: SpanOptions,
  startTime?: number,
): OtelSpan {
  return tracer.startSpan(
    name,
    {
      ...(kind && { kind: KINDS[kind] }),
      ...(attributes && { attributes }),
      ...(startTime !== undefined && { startTime }),
    },
    contextOf(parent),
  );
}

const contextOf = (parent: TraceContext | undefined): Context =>
  parent === undefined
    ? ROOT_CONTEXT
    : propagator.extract(ROOT_CONTEXT, parent, defaultTextMapGetter);

function spanOf(span: OtelSpan): Span {
  const context = { traceparent: '' };
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), context, defaultTextMapSetter);
  return {
    context,
    end({ error, attributes } = {}) {
      if (attributes) span.setAttributes(attributes);
      if (error !== undefined) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          ...(error instanceof Error && { message: error.message }),
        });
      }
      span.end();
    },
  };
}
