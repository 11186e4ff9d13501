import { z } from 'zod';

/**
 * Names a span to whoever works on behind it, as W3C Trace Context has it (https://www.w3.org/TR/trace-context/).
 * What is not well formed counts as none.
 */
export const traceContext = z.object({
  traceparent: z.string(),
  tracestate: z.string().optional(),
});

export type TraceContext = z.infer<typeof traceContext>;

export interface SpanOptions {
  /** The span that this one is a part of; without one it begins a trace of its own. */
  readonly parent: TraceContext | undefined;
  /** Its part in a conversation of two processes; `internal` by default. */
  readonly kind?: 'server' | 'producer' | 'consumer';
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** One step of a photo's way, under way. */
export interface Span {
  readonly context: TraceContext;
  /** The step is done; `error` says why it failed. */
  end(result?: { error?: unknown; attributes?: SpanOptions['attributes'] }): void;
}

/** Records the steps of photos' ways as spans; there is none unless somebody collects them. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
  /** Records a step that has just ended and took `ms` milliseconds. */
  record(name: string, ms: number, options: SpanOptions): void;
}

/** Does a step's work in a span. */
export async function inSpan<T>(
  tracer: Tracer | undefined,
  name: string,
  options: SpanOptions,
  work: (context: TraceContext | undefined) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return work(undefined);
  const span = tracer.start(name, options);
  try {
    const result = await work(span.context);
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}
