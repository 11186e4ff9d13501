import { once } from 'node:events';
import { createServer } from 'node:http';

import type { ProcessIdentity } from '../adapters/local/process-identity.ts';
import type { Config } from '../config.ts';
import { CannotListenError, listen } from '../roles/web-door.ts';
import { type Check, failed, ok } from './check.ts';

const MEND = 'Stop that program, or choose another port with --port or PORT.';
const ANSWER_WITHIN_MS = 3000;

/** Whether the web tier can listen where it is told to, or does so already. */
export function portCheck(
  address: Config<'host' | 'port'>,
  service: () => Promise<ProcessIdentity | undefined>,
): Check {
  const { host, port } = address;
  return {
    name: 'port',
    async look() {
      const server = createServer();
      try {
        await listen(server, address);
      } catch (error) {
        if (!(error instanceof CannotListenError)) throw error;
        const own = await service();
        return own !== undefined && (await isFacefleet(host, port))
          ? ok(`The service of this data folder (process ${own.pid}) listens on ${host}:${port}.`)
          : failed(error.message, MEND);
      }
      server.close();
      await once(server, 'close');
      return ok(`${host}:${port} is free.`);
    },
  };
}

async function isFacefleet(host: string, port: number): Promise<boolean> {
  const authority = host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${authority}:${port}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return response.ok && response.headers.has('x-request-id');
  } catch {
    return false;
  }
}
