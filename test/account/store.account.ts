import { beforeAll } from 'vitest';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsStore } from '../../src/adapters/aws/store.ts';
import { MOTO_STORE } from '../adapters/aws/moto-peculiarities.ts';
import { storeContract, type StoreHarness } from '../adapters/store-contract.ts';
import { createVersionedBucket } from '../aws-deployment.ts';
import { IS_MOTO, PREFIX, REGION } from './settings.ts';

const BUCKET = `${PREFIX}bucket`;

beforeAll(async () => {
  const clients = openClients();
  await createVersionedBucket(clients.s3, BUCKET, REGION);
  clients.destroy();
});

/** One bucket for all, emptied after each test: an account may have a hundred. */
async function accountHarness(): Promise<StoreHarness> {
  const clients = openClients();
  const store = new AwsStore(BUCKET, clients.s3);
  return {
    store,
    async close() {
      await store.purge();
      clients.destroy();
    },
  };
}

storeContract('S3 (this account)', accountHarness, IS_MOTO ? MOTO_STORE : {});
