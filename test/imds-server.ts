import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ImdsServer {
  readonly url: string;
  /** What each path below `/latest/meta-data/` answers; 404 for the others. */
  readonly metadata: Map<string, string>;
  /** Accepts no token that it gave until now. */
  forgetTokens(): void;
  stop(): Promise<void>;
}

/** The instance metadata service, version 2 only. */
export async function startImds(metadata: Record<string, string>): Promise<ImdsServer> {
  const answers = new Map(Object.entries(metadata));
  const tokens = new Set<unknown>();
  const server = createServer(({ method, url, headers }, response) => {
    if (method === 'PUT' && url === '/latest/api/token') {
      const isAsked = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']) > 0;
      const token = randomUUID();
      if (isAsked) tokens.add(token);
      response.writeHead(isAsked ? 200 : 400).end(token);
      return;
    }
    const answer = answers.get(url?.replace('/latest/meta-data/', '') ?? '');
    const isKnown = tokens.has(headers['x-aws-ec2-metadata-token']);
    const status = isKnown ? (answer === undefined ? 404 : 200) : 401;
    response.writeHead(status).end(status === 200 ? answer : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    metadata: answers,
    forgetTokens: () => tokens.clear(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
