import { setTimeout as wait } from 'node:timers/promises';

import { type LocalQueues, openLocalQueues } from '../../src/adapters/local/queues.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { QueueHarness } from './queue-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Milliseconds in which the database certainly has done what was asked of it. */
const SETTLE_MS = 30;

/** The local queues in a folder of their own, on a clock that tests move. */
export async function localQueueHarness(): Promise<
  QueueHarness & { folder: string; clock: SteppedClock; directory: LocalQueues }
> {
  const { folder, remove } = temporaryFolder();
  const clock = new SteppedClock(1_700_000_000_000);
  const directory = await openLocalQueues({ folder, clock });
  return {
    folder,
    clock,
    directory,
    create: (name, options) => directory.create(name, options),
    pass: async (seconds) => {
      await wait(SETTLE_MS);
      await clock.advance(seconds * 1000);
      await wait(SETTLE_MS);
    },
    close: async () => {
      await directory.close();
      remove();
    },
  };
}
