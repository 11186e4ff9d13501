import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryQueues } from '../../src/adapters/memory/queues.ts';
import type { QueueHarness } from './queue-contract.ts';

export async function memoryQueueHarness(): Promise<QueueHarness & { clock: SteppedClock }> {
  const clock = new SteppedClock(1_700_000_000_000);
  const directory = new MemoryQueues(clock);
  return {
    clock,
    directory,
    create: (name, options) => directory.create(name, options),
    pass: (seconds) => clock.advance(seconds * 1000),
    close: async () => undefined,
  };
}
