import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type Koa from 'koa';

import { systemClock } from '../adapters/system-clock.ts';
import { FacefleetError } from '../bus/errors.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { answerClientErrors } from './client-errors.ts';
import { trackConnections } from './connections.ts';

/** Thrown when the web tier cannot listen where it was told to. */
export class CannotListenError extends FacefleetError {
  readonly code = 'cannot_listen';
}

/** An HTTP server that listens, whoever serves behind it. */
export interface WebDoor {
  /** Where it listens, as a browser wants it. */
  readonly url: string;
  /** Gives every request from now on to this app. */
  readonly serve: (app: Koa) => void;
  /** Takes no more requests; those under way are cut off after so many milliseconds. */
  readonly close: (cutOffMs: number) => Promise<void>;
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

/** @throws CannotListenError */
export async function openDoor(
  address: Config<'host' | 'port'>,
  first: Koa,
  log: Pick<Logger, 'info'>,
): Promise<WebDoor> {
  let handle = listenerOf(first);
  const server = createServer(SERVER_OPTIONS, (request, response) => handle(request, response));
  server.maxConnections = MAX_CONNECTIONS;
  const connections = trackConnections(server);
  answerClientErrors(server, connections, log);
  await listen(server, address);

  return {
    url: urlOf(server),
    serve(app) {
      handle = listenerOf(app);
    },
    async close(cutOffMs) {
      const closed = once(server, 'close');
      server.close();
      connections.closeUnused();
      const cutOff = systemClock.setTimeout(() => server.closeAllConnections(), cutOffMs);
      await closed;
      systemClock.clearTimeout(cutOff);
    },
  };
}

function listenerOf(app: Koa): RequestListener {
  const answer = app.callback();
  return (request, response) => void answer(request, response);
}

/** Resolves when the server listens. @throws CannotListenError */
export async function listen(
  server: Server,
  { host, port }: Config<'host' | 'port'>,
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
