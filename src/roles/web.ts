import { createAccess } from '../access/access.ts';
import { KeyRing } from '../access/key-ring.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { PublishedEvent } from '../bus/event-bus.ts';
import type { World } from '../bus/world.ts';
import type { Config } from '../config.ts';
import { type Check, findingOf, type NamedFinding } from '../doctor/check.ts';
import { createApp } from '../http/app.ts';
import type { FleetSource } from '../http/fleet-source.ts';
import { defaultLimits } from '../http/limits.ts';
import { Metrics } from '../http/metrics.ts';
import type { ServiceSetting } from '../http/service-facts.ts';
import type { Logger } from '../log.ts';
import { RequestJournal } from '../machines/request-journal.ts';
import { Traffic } from '../machines/traffic.ts';
import { startWebTier } from '../machines/web-tier.ts';
import { galleryReader } from '../people/gallery-repository.ts';
import { MAX_PIXELS } from '../recognition/pixel-limit.ts';
import { peopleSource } from './people-source.ts';
import { QueueRoom } from './queue-room.ts';
import { reasonsOfFleet, reasonsOfWorld, worldCheck } from './readiness.ts';
import { startRetention } from './retention.ts';
import { openTracing } from './tracing.ts';
import { openDoor, type WebDoor } from './web-door.ts';
import { keepHeapSmall } from './web-memory.ts';

export interface WebServer {
  /** Where it listens, as a browser wants it. */
  readonly url: string;
  /** Takes no more uploads, waits for the answers under way, then stops. */
  stop(): Promise<void>;
}

/** The controller that runs in the same process. */
export interface Neighbour {
  readonly source: FleetSource;
  /** There is a photo more in the queue. */
  wake(): void;
  /** Tells something on the fleet's event bus. */
  publish(event: PublishedEvent): void;
}

export const WEB_SETTINGS = [
  'host',
  'port',
  'deadline',
  'maxQueueDepth',
  'retention',
  'adminKey',
] as const;

export type WebConfig = Config<(typeof WEB_SETTINGS)[number]>;

/** What a web tier may have around it. */
export interface WebSurroundings {
  readonly controller?: Neighbour | undefined;
  /** A server that listens already. */
  readonly door?: WebDoor | undefined;
  /** What was set, for whoever may ask. */
  readonly settings?: readonly ServiceSetting[];
  /** What to look at when somebody wants to know whether all is well. */
  readonly checks?: readonly Check[];
}

/**
 * Starts the web tier: the HTTP server and the actors that wait for answers.
 * @throws CannotListenError
 */
export async function startWeb(
  world: World,
  config: WebConfig,
  log: Logger,
  { controller, door, settings = [], checks = [] }: WebSurroundings = {},
): Promise<WebServer> {
  keepHeapSmall();
  const deadlineMs = config.deadline * 1000;
  const room = new QueueRoom({
    clock: systemClock,
    requests: world.requests,
    maxDepth: config.maxQueueDepth,
  });
  const gallery = galleryReader(world.galleryBucket);
  const metrics = new Metrics({
    depths: {
      requests: () => world.requests.depth(),
      replies: () => world.replies.depth(),
      dead_letters: () => world.deadLetters.depth(),
    },
    gallerySize: async () => (await gallery()).size,
    fleet: controller?.source.recent,
  });
  metrics.watchProcess();
  const tracer = await openTracing('web', log);
  const traffic =
    controller &&
    new Traffic({ clock: systemClock, publish: (event) => controller.publish(event) });
  const onFailure = (step: string, error: unknown, requestId?: string): void =>
    log.error({ err: error, step, requestId }, 'a step of the web tier failed');
  const webTier = startWebTier({
    clock: systemClock,
    traffic,
    requests: {
      maxMessageBytes: world.requests.maxMessageBytes,
      async send(body) {
        await world.requests.send(body);
        room.sent();
        controller?.wake();
      },
      purge: () => world.requests.purge(),
    },
    deadLetters: world.deadLetters,
    replies: world.replies,
    inputBucket: world.inputBucket,
    outputBucket: world.outputBucket,
    galleryBucket: world.galleryBucket,
    journal: new RequestJournal({
      bucket: world.outputBucket,
      clock: systemClock,
      onFailure,
    }),
    deadlineMs,
    onStage: (stage, ms) => metrics.stage(stage, ms),
    onFailure,
    tracer,
  });
  const keys = new KeyRing(world.galleryBucket, systemClock);
  const stopping = new AbortController();
  const app = createApp({
    queue: webTier.queue,
    metrics,
    requests: webTier,
    people: peopleSource(world.galleryBucket, webTier),
    purge: webTier.purge,
    access: {
      ...createAccess({ adminKey: config.adminKey, keys: () => keys.keys() }),
      isLoopback: isLoopback(config.host),
    },
    async checkRoom(bytes) {
      world.checkRoom?.(bytes);
      await room.check();
    },
    limits: { ...defaultLimits, pixels: MAX_PIXELS },
    notReadyReasons: async () => [
      ...(await reasonsOfWorld(world)),
      ...reasonsOfFleet(controller?.source.recent.view),
    ],
    facts: {
      settings,
      check: lookOnceAtATime([...checks, worldCheck(world)]),
    },
    fleet: controller?.source,
    stopping: stopping.signal,
    tracer,
    log,
  });
  door?.serve(app);
  const { url, close } = door ?? (await openDoor(config, app, log));
  const retention = startRetention({ clock: systemClock, world, days: config.retention, log });

  return {
    url,
    async stop() {
      stopping.abort();
      // Nobody waits longer than this for an answer; who has not sent all by then never will.
      await close(deadlineMs);
      await Promise.all([webTier.stop(), retention.stop()]);
      traffic?.flush();
      await tracer?.close();
    },
  };
}

/** Whoever asks while somebody looks gets what they find: a look takes a core for a second. */
function lookOnceAtATime(checks: readonly Check[]): () => Promise<readonly NamedFinding[]> {
  let looking: Promise<readonly NamedFinding[]> | undefined;
  return () =>
    (looking ??= Promise.all(checks.map(findingOf)).finally(() => {
      looking = undefined;
    }));
}

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/i.test(host);
