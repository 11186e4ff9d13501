import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { type Answer, answerTo } from './actions.ts';

export interface Ec2Endpoint {
  readonly url: string;
  /** The actions that were asked for, in their order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * EC2's query protocol in front of a fleet in memory, whose clock and faults then are EC2's: time in
 * pending and stopping, scarce capacity, throttling, late descriptions. Other than the fleet itself,
 * and as EC2 does, it does a request whole or not at all.
 * @param fleetName - value of the tag `facefleet:fleet` of the instances
 */
export async function startEc2(fleet: MemoryFleet, fleetName: string): Promise<Ec2Endpoint> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const parameters = new URLSearchParams(body);
      asked.push(parameters.get('Action') ?? '');
      const { status, xml } = await settled(answerTo(parameters, fleet, fleetName));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What the fleet fails at without a word is EC2's own fault. */
async function settled(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch {
    return { status: 500, xml: '' };
  }
}
