import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openLocalStore } from '../../src/adapters/local/store.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { expiryContract } from './expiry-contract.ts';
import { storeContract } from './store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function localStoreHarness() {
  const { folder, remove } = temporaryFolder();
  const clock = new SteppedClock(1_700_000_000_000);
  const store = await openLocalStore({ folder, name: 'bucket', clock });
  return {
    store,
    clock,
    bodies: () => readdirSync(join(folder, 'bucket', 'bodies')),
    close: async () => {
      await store.close();
      remove();
    },
  };
}

storeContract('files', localStoreHarness);
expiryContract('files', localStoreHarness);

it('files of expired versions are gone from the disk', async () => {
  const { store, clock, bodies, close } = await localStoreHarness();
  for (const size of [100_000, 200_000]) await store.put('me.jpg', Buffer.alloc(size));
  expect(bodies()).toHaveLength(2);
  await store.expireVersions(clock.now() + 1);
  expect(bodies()).toHaveLength(1);
  await close();
});
