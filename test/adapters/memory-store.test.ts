import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { storeContract } from './store-contract.ts';

storeContract('memory', async () => ({
  store: new MemoryStore('bucket', new SteppedClock(1_700_000_000_000)),
  close: async () => undefined,
}));
