import { randomUUID } from 'node:crypto';

import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe } from 'vitest';

import { openClients } from '../../../src/adapters/aws/clients.ts';
import { AwsStore } from '../../../src/adapters/aws/store.ts';
import { isMotoInstalled } from '../../moto.ts';
import { storeContract, type StoreHarness } from '../store-contract.ts';
import { useMoto } from './environment.ts';

async function awsStoreHarness(): Promise<StoreHarness> {
  const clients = openClients();
  const { s3 } = clients;
  const Bucket = `facefleet-${randomUUID()}`;
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  return { store: new AwsStore(Bucket, s3), close: async () => clients.destroy() };
}

describe.skipIf(!isMotoInstalled)('on moto', () => {
  useMoto();
  storeContract('S3 (moto)', awsStoreHarness, { unroutableKeys: ['a\nb'] });
});
