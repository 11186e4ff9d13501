import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { expiryContract } from './expiry-contract.ts';
import { storeContract } from './store-contract.ts';

async function memoryStoreHarness() {
  const clock = new SteppedClock(1_700_000_000_000);
  return { store: new MemoryStore('bucket', clock), clock, close: async () => undefined };
}

storeContract('memory', memoryStoreHarness);
expiryContract('memory', memoryStoreHarness);
