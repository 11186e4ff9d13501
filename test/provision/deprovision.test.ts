import { CreateBucketCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { deprovision, inventory } from '../../src/provision/deprovision.ts';
import type { Leftover } from '../../src/provision/resource.ts';
import { isMotoInstalled } from '../moto.ts';
import { countsOf, lookAt } from './account.ts';
import { useFleet } from './fleet-in-use.ts';
import { provisionFleet, s3Error, useStage, withSite } from './stage.ts';

vi.setConfig({ testTimeout: 240_000 });

const NOTHING = {
  queues: 0,
  buckets: 0,
  roles: 0,
  profiles: 0,
  groups: 0,
  templates: 0,
  instances: 0,
  disks: 0,
  images: 0,
  snapshots: 0,
};

describe.skipIf(!isMotoInstalled)('deprovision', () => {
  const stage = useStage();
  afterEach(() => {
    stage.mishap = undefined;
  });
  it('deletes everything of its fleet and nothing of another one, however alike their names', async () => {
    await provisionFleet(stage, 'going');
    await provisionFleet(stage, 'going-not');
    await withSite('going', useFleet);
    expect(countsOf(await lookAt('going'))).toMatchObject({ disks: 1, images: 1 });
    const other = await lookAt('going-not');
    expect(await remove('going')).toEqual([]);
    expect(await lookAt('going-not')).toEqual(other);
    expect(await remove('going-not')).toEqual([]);
    expect(countsOf(await lookAt('going'))).toEqual(NOTHING);
    expect(await withSite('going', inventory)).toEqual([]);
  });

  it('finds what carries the tag under any name, and leaves what only has the name', async () => {
    await withSite('named', async ({ clients: { sqs, s3 } }) => {
      await sqs.send(
        new CreateQueueCommand({
          QueueName: 'renamed-queue',
          tags: { 'facefleet:fleet': 'named' },
        }),
      );
      await sqs.send(new CreateQueueCommand({ QueueName: 'named-req-queue' }));
      const region = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };
      await s3.send(new CreateBucketCommand({ Bucket: 'renamed-bucket', ...region }));
      await s3.send(new CreateBucketCommand({ Bucket: 'named-in-bucket', ...region }));
      const Tagging = { TagSet: [{ Key: 'facefleet:fleet', Value: 'named' }] };
      await s3.send(new PutBucketTaggingCommand({ Bucket: 'renamed-bucket', Tagging }));
    });
    const found = await withSite('named', inventory);
    expect(found.flatMap(({ names }) => names)).toEqual(['renamed-bucket', 'renamed-queue']);
    expect(await remove('named')).toEqual([]);
    expect(await withSite('named', inventory)).toEqual([]);
  });

  it('says what it could not delete, deletes the rest, and goes on from there', async () => {
    await provisionFleet(stage, 'kept', { count: 1 });
    stage.mishap = ({ service, method, url }) =>
      service === 's3' && method === 'DELETE' && url.pathname.startsWith('/kept-out-bucket')
        ? s3Error(403, 'AccessDenied')
        : undefined;
    expect(await remove('kept')).toEqual([
      { name: 'kept-out-bucket', reason: expect.stringMatching(/s3:DeleteBucket/) },
    ]);
    expect(countsOf(await lookAt('kept'))).toEqual({ ...NOTHING, buckets: 1 });
    stage.mishap = undefined;
    expect(await remove('kept')).toEqual([]);
    expect(countsOf(await lookAt('kept'))).toEqual(NOTHING);
  });
});

const remove = (fleet: string): Promise<Leftover[]> =>
  withSite(fleet, async (site) => deprovision(await inventory(site), () => undefined));
