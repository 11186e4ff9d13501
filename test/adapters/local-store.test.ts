import { openLocalStore } from '../../src/adapters/local/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { storeContract, type StoreHarness } from './store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function localStoreHarness(): Promise<StoreHarness> {
  const { folder, remove } = temporaryFolder();
  const store = await openLocalStore({ folder, name: 'bucket', clock: systemClock });
  return {
    store,
    close: async () => {
      await store.close();
      remove();
    },
  };
}

storeContract('files', localStoreHarness);
