import { randomUUID } from 'node:crypto';

import { describe } from 'vitest';

import { openClients } from '../../../src/adapters/aws/clients.ts';
import { AwsStore } from '../../../src/adapters/aws/store.ts';
import { createVersionedBucket } from '../../aws-deployment.ts';
import { isMotoInstalled } from '../../moto.ts';
import { storeContract, type StoreHarness } from '../store-contract.ts';
import { useMoto } from './environment.ts';
import { MOTO_STORE } from './moto-peculiarities.ts';

async function awsStoreHarness(): Promise<StoreHarness> {
  const clients = openClients();
  const { s3 } = clients;
  const bucket = `facefleet-${randomUUID()}`;
  await createVersionedBucket(s3, bucket);
  return { store: new AwsStore(bucket, s3), close: async () => clients.destroy() };
}

describe.skipIf(!isMotoInstalled)('on moto', () => {
  useMoto('s3');
  storeContract('S3 (moto)', awsStoreHarness, MOTO_STORE);
});
