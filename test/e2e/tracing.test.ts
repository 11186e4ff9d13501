import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { samplePhoto } from '../sample-photos.ts';
import { startService, upload } from './service.ts';

/** What a worker does with a photo that has small faces too. */
const STEPS = [
  'decode',
  'store_photo',
  'recognise',
  'detect',
  'view',
  'landmarks',
  'align',
  'embed',
  'match',
  'reply',
  'store_result',
  'delete',
];

const run = promisify(execFile);

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
  readonly ms: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What an OpenTelemetry collector receives over HTTP (OTLP as JSON). */
class Collector {
  readonly spans: Span[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void json(request).then((body) => {
        if (request.url === '/v1/traces') this.spans.push(...spansOf(body as OtlpTraces));
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await once(collector.#server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<Span, 'service' | 'ms' | 'attributes'> & {
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly OtlpAttribute[];
      })[];
    }[];
  }[];
}

const spansOf = ({ resourceSpans }: OtlpTraces): Span[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, attributes, ...span }) => ({
        ...span,
        service: String(valuesOf(resource.attributes)['service.name']),
        ms: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
        attributes: valuesOf(attributes),
      })),
    ),
  );

const valuesOf = (attributes: readonly OtlpAttribute[]): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );

let dataDir: string;
let collector: Collector;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefleet-tracing-'));
  collector = await Collector.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  collector.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('sends the spans of a photo on its whole way as parts of one trace, that of the client', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  const service = await startService('--data-dir', dataDir);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const form = new FormData();
  form.append('photo', new Blob([new Uint8Array(await samplePhoto(1))]), 'one.jpg');
  const response = await fetch(service.url, {
    method: 'POST',
    body: form,
    headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` },
  });
  expect(await response.text()).toBe('one.jpg:unknown\n');
  const requestId = response.headers.get('X-Request-Id');
  // Both processes send what is left when they stop.
  expect((await service.stop()).code).toBe(0);

  const { spans } = collector;
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace]));
  const only = (name: string): Span => {
    const named = spans.filter((span) => span.name === name);
    expect(named, name).toHaveLength(1);
    return named[0] as Span;
  };
  const [root, send, work] = [only('POST /'), only('send'), only('process')];
  expect(root).toMatchObject({
    service: 'facefleet-web',
    parentSpanId: 'b7ad6b7169203331',
    attributes: { 'http.response.status_code': 200, 'facefleet.request_id': requestId },
  });
  expect(send).toMatchObject({ service: 'facefleet-web', parentSpanId: root.spanId });
  expect(work).toMatchObject({
    service: 'facefleet-worker',
    parentSpanId: send.spanId,
    attributes: { 'facefleet.request_id': requestId, 'facefleet.receive_count': 1 },
  });
  const parts = (parent: Span): string[] =>
    spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId).map(({ name }) => name);
  expect(new Set(parts(root))).toEqual(new Set(['upload', 'send']));
  expect(new Set(parts(send))).toEqual(new Set(['wait', 'process']));
  expect(new Set(parts(work))).toEqual(new Set(STEPS));
  expect(only('wait').ms + only('decode').ms + only('detect').ms).toBeLessThanOrEqual(root.ms);
});

it('answers and stops although no collector listens', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  collector.stop();
  const service = await startService('--data-dir', dataDir);
  expect(await upload(service.url, { 'one.jpg': await samplePhoto(1) })).toEqual({
    status: 200,
    text: 'one.jpg:unknown\n',
  });
  const { code, stderr } = await service.stop();
  expect(code).toBe(0);
  expect(stderr).toContain('spans could not be sent');
});

it('loads no SDK of OpenTelemetry unless an endpoint is set', async () => {
  expect(await loaded({})).toBe(0);
  expect(await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBe(0);
  expect(
    await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' }),
  ).toBe(0);
  expect(await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })).toBeGreaterThan(0);
});

/** How many files of the SDK a service and a worker load with these variables. */
async function loaded(env: NodeJS.ProcessEnv): Promise<number> {
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', LOADED, join(packageRoot, 'dist', 'src')],
    { env },
  );
  return Number(stdout);
}

/** Loads what a service and a worker are made of, and prints how many files of the SDK came along. */
const LOADED = String.raw`
  import { createRequire } from 'node:module';
  const root = process.argv.at(-1);
  await import(root + '/cli/up.js');
  await import(root + '/cli/worker.js');
  const { openTracing } = await import(root + '/roles/tracing.js');
  await openTracing('web', console);
  const files = Object.keys(createRequire(root).cache);
  console.log(files.filter((file) => /@opentelemetry.(?!api)/.test(file)).length);
`;
