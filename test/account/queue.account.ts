import type { MessageQueue } from '../../src/bus/queue.ts';
import { MOTO_QUEUE } from '../adapters/aws/moto-peculiarities.ts';
import { awsQueueHarness } from '../adapters/aws/queue-harness.ts';
import { queueContract, type QueueHarness } from '../adapters/queue-contract.ts';
import { IS_MOTO, PREFIX } from './settings.ts';

let tests = 0;

/** A queue's name is not free for a minute after its end: each test has names of its own. */
async function accountHarness(): Promise<QueueHarness> {
  const { create, directory, ...harness } = await awsQueueHarness();
  const own = `${PREFIX}${++tests}-`;
  return {
    ...harness,
    create: async (name, { deadLetterQueue, ...options } = {}) =>
      patient(
        await create(`${own}${name}`, {
          ...options,
          ...(deadLetterQueue !== undefined && { deadLetterQueue: `${own}${deadLetterQueue}` }),
        }),
      ),
    directory: { open: async (name) => patient(await directory.open(`${own}${name}`)) },
  };
}

/** A receive that does not wait asks some of SQS's servers only, and may miss what the others have. */
function patient(queue: MessageQueue): MessageQueue {
  return {
    name: queue.name,
    maxMessageBytes: queue.maxMessageBytes,
    maxReceiveCount: queue.maxReceiveCount,
    send: (...args) => queue.send(...args),
    receive: ({ waitSeconds, ...options }) =>
      queue.receive({ ...options, waitSeconds: Math.max(waitSeconds, 1) }),
    extend: (...args) => queue.extend(...args),
    delete: (handles) => queue.delete(handles),
    depth: () => queue.depth(),
    purge: () => queue.purge(),
  };
}

queueContract('SQS (this account)', accountHarness, {
  lagSeconds: 60,
  ...(IS_MOTO && MOTO_QUEUE),
});
