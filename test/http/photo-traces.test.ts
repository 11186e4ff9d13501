import type { Context } from 'koa';
import { expect, it } from 'vitest';

import type { Tracer } from '../../src/bus/tracing.ts';
import { photoTraces } from '../../src/http/middleware/photo-traces.ts';

it('a trace begins with each request that brings photos to recognise, and no other', async () => {
  const started: string[] = [];
  const tracer = {
    start(name: string) {
      started.push(name);
      return { context: { traceparent: '' }, end: () => {} };
    },
  } as unknown as Tracer;
  const requests = [
    ['POST', '/'],
    ['GET', '/'],
    ['POST', '/v1/recognitions'],
    ['GET', '/v1/requests'],
  ];
  for (const [method, path] of requests) {
    const ctx = { method, path, status: 200, state: {}, get: () => '' } as unknown as Context;
    await photoTraces(tracer)(ctx, async () => {});
  }
  expect(started).toEqual(['POST /', 'POST /v1/recognitions']);
});
