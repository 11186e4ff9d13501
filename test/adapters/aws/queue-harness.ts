import { setTimeout as wait } from 'node:timers/promises';

import { openClients } from '../../../src/adapters/aws/clients.ts';
import { AwsQueues } from '../../../src/adapters/aws/queues.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { QueueHarness } from '../queue-contract.ts';

/** Queues at the AWS endpoint in use, removed at the end; their time is real. */
export async function awsQueueHarness(): Promise<QueueHarness & { directory: AwsQueues }> {
  const clients = openClients();
  const directory = new AwsQueues(clients.sqs, systemClock);
  const created = new Set<string>();
  return {
    directory,
    create: (name, options) => {
      created.add(name);
      return directory.create(name, options);
    },
    pass: (seconds) => wait(seconds * 1000 + 50),
    close: async () => {
      for (const name of created) await directory.remove(name);
      clients.destroy();
    },
  };
}
