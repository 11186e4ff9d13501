import type { AddressInfo } from 'node:net';

import type Koa from 'koa';
import pino from 'pino';
import { onTestFinished } from 'vitest';

import { createAccess } from '../../src/access/access.ts';
import type { KeyRing } from '../../src/access/key-ring.ts';
import type { Outcome, RecognisedFace } from '../../src/bus/messages.ts';
import { createApp } from '../../src/http/app.ts';
import type { FleetSource } from '../../src/http/fleet-source.ts';
import { defaultLimits, type UploadLimits } from '../../src/http/limits.ts';
import { Metrics, type MetricsSources } from '../../src/http/metrics.ts';
import type { PeopleSource } from '../../src/http/people-source.ts';
import type { QueuePhoto } from '../../src/http/recognise-photos.ts';
import type { RequestSource } from '../../src/http/request-source.ts';
import type { Purge } from '../../src/http/routes/purge.ts';
import type { ServiceFacts } from '../../src/http/service-facts.ts';
import { galleryPeople } from './gallery-people.ts';

type Photo = Parameters<QueuePhoto>[0];

export interface Served {
  readonly app: Koa;
  readonly url: string;
  readonly port: number;
  /** What was queued, in order of arrival. */
  readonly queued: readonly Photo[];
  /** The log's lines so far. */
  readonly log: readonly Record<string, unknown>[];
}

interface Script {
  readonly recognise?: (photo: Photo, signal: AbortSignal) => Promise<Outcome> | Outcome;
  readonly notReadyReasons?: () => Promise<readonly string[]>;
  readonly requests?: Partial<RequestSource>;
  readonly facts?: ServiceFacts;
  readonly people?: PeopleSource;
  readonly purge?: Purge;
  /** The admin key, and whether the server listens on this machine only. */
  readonly admin?: { readonly key: string | undefined; readonly isLoopback: boolean };
  readonly keys?: KeyRing;
  readonly checkRoom?: (bytes: number) => Promise<void>;
  readonly limits?: Partial<UploadLimits>;
  readonly fleet?: FleetSource;
  readonly stopping?: AbortSignal;
  readonly metrics?: MetricsSources;
}

const NOTHING_TO_MEASURE: MetricsSources = { depths: {}, gallerySize: () => Promise.resolve(0) };

const NO_REQUESTS: RequestSource = {
  find: () => Promise.resolve(undefined),
  list: () => [],
  photo: () => Promise.resolve(undefined),
  retry: () => Promise.resolve(false),
};

export const face = (name: string, similarity: number | null = 0.71): RecognisedFace => ({
  box: { x: 1, y: 1, width: 4, height: 5 },
  score: 0.99,
  name,
  similarity,
});

export const found = (...faces: RecognisedFace[]): Outcome => ({ faces, gallerySize: 2 });

/** The real app on a free port, with a scripted recogniser; gone when the test is over. */
export async function serve(script: Script = {}): Promise<Served> {
  const queued: Photo[] = [];
  const log: Record<string, unknown>[] = [];
  const answer = script.recognise ?? (() => found(face('Ada')));

  const app = createApp({
    facts: script.facts ?? { settings: [], check: async () => [] },
    people: script.people ?? galleryPeople(),
    fleet: script.fleet,
    stopping: script.stopping,
    limits: { ...defaultLimits, ...script.limits },
    log: pino({ level: 'debug' }, { write: (line) => log.push(JSON.parse(line)) }),
    metrics: new Metrics(script.metrics ?? NOTHING_TO_MEASURE),
    purge: script.purge ?? (() => Promise.resolve()),
    access: {
      ...createAccess({
        adminKey: script.admin?.key,
        keys: async () => (await script.keys?.keys()) ?? [],
      }),
      isLoopback: script.admin?.isLoopback ?? true,
    },
    checkRoom: script.checkRoom ?? (() => Promise.resolve()),
    requests: { ...NO_REQUESTS, ...script.requests },
    notReadyReasons: script.notReadyReasons ?? (() => Promise.resolve([])),
    async queue(photo, signal) {
      queued.push(photo);
      return { answer: async () => ({ outcome: await answer(photo, signal) }) };
    },
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    queued,
    log,
  };
}
