import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemClock } from '../adapters/system-clock.ts';
import { FacefleetError } from '../bus/errors.ts';
import type { World } from '../bus/world.ts';
import type { Config } from '../config.ts';
import { createApp } from '../http/app.ts';
import type { FleetSource } from '../http/fleet-source.ts';
import { defaultLimits } from '../http/limits.ts';
import { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import { startWebTier } from '../machines/web-tier.ts';
import { gallerySizeOf } from '../people/gallery-repository.ts';
import { MAX_PIXELS } from '../recognition/photo-header.ts';
import { trackConnections } from './connections.ts';
import { QueueRoom } from './queue-room.ts';

/** Thrown when the web tier cannot listen where it was told to. */
export class CannotListenError extends FacefleetError {
  readonly code = 'cannot_listen';
}

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
}

/**
 * A client has 20 s for the headers of a request, as with Apache, and 5 minutes for the whole of it;
 * `atPace` finds what is slow within that.
 */
const SERVER_OPTIONS = {
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5000,
};

/** A connection that sends nothing costs a few kilobytes and a file descriptor. */
const MAX_CONNECTIONS = 5000;

/** Connections that may come at once; the system allows 4,096 at most. */
const BACKLOG = 4096;

export const WEB_SETTINGS = ['host', 'port', 'deadline', 'maxQueueDepth', 'adminKey'] as const;

export type WebConfig = Config<(typeof WEB_SETTINGS)[number]>;

/** Starts the web tier: the HTTP server and the actors that wait for answers. */
export async function startWeb(
  world: World,
  config: WebConfig,
  log: Logger,
  controller?: Neighbour,
): Promise<WebServer> {
  const deadlineMs = config.deadline * 1000;
  const room = new QueueRoom({
    clock: systemClock,
    requests: world.requests,
    maxDepth: config.maxQueueDepth,
  });
  const metrics = new Metrics({
    depths: {
      requests: () => world.requests.depth(),
      replies: () => world.replies.depth(),
      dead_letters: () => world.deadLetters.depth(),
    },
    gallerySize: gallerySizeOf(world.galleryBucket),
    fleet: controller?.source.recent,
  });
  metrics.watchProcess();
  const webTier = startWebTier({
    clock: systemClock,
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
    deadlineMs,
    onStage: (stage, ms) => metrics.stage(stage, ms),
    onFailure: (step, error) => log.error({ err: error, step }, 'a step of the web tier failed'),
  });
  const stopping = new AbortController();
  const app = createApp({
    queue: webTier.queue,
    metrics,
    findRequest: webTier.find,
    purge: webTier.purge,
    admin: { key: config.adminKey, isLoopback: isLoopback(config.host) },
    async checkRoom(bytes) {
      world.checkRoom?.(bytes);
      await room.check();
    },
    limits: { ...defaultLimits, pixels: MAX_PIXELS },
    notReadyReasons: () => reasonsNotReady(world),
    fleet: controller?.source,
    stopping: stopping.signal,
    log,
  });
  const handle = app.callback();
  const server = createServer(
    SERVER_OPTIONS,
    (request, response) => void handle(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const connections = trackConnections(server);
  await listen(server, config);

  return {
    url: urlOf(server),
    async stop() {
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      connections.closeUnused();
      // Nobody waits longer than this for an answer; who has not sent all by then never will.
      const cutOff = systemClock.setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      systemClock.clearTimeout(cutOff);
      await webTier.stop();
    },
  };
}

/** The queues and buckets are what every answer needs; workers may still be on their way. */
async function reasonsNotReady({ requests, inputBucket }: World): Promise<string[]> {
  const looks = await Promise.allSettled([requests.depth(), inputBucket.head('readiness')]);
  return looks.flatMap((look) => (look.status === 'rejected' ? [String(look.reason)] : []));
}

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/i.test(host);

/** Resolves when the server listens. @throws CannotListenError */
export async function listen(
  server: Server,
  { host, port }: Pick<WebConfig, 'host' | 'port'>,
): Promise<void> {
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new CannotListenError(listenFailure(error as NodeJS.ErrnoException, host, port), {
      cause: error,
    });
  }
}

function listenFailure({ code, message }: NodeJS.ErrnoException, host: string, port: number) {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is already in use. Choose another one with --port or PORT.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose one above 1023 with --port or PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine. Choose another one with --host or HOST.`;
    default:
      return `The web tier cannot listen on ${host}:${port}: ${message}`;
  }
}

/** Where a server listens, as a browser wants it. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
