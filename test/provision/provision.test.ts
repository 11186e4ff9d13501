import {
  DescribeInstancesCommand,
  EC2Client,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { FacefleetError } from '../../src/bus/errors.ts';
import { policyFor } from '../../src/provision/policies.ts';
import type { WireCall } from '../aws-recorder.ts';
import { isMotoInstalled } from '../moto.ts';
import { type Account, countsOf, lookAt } from './account.ts';
import {
  ec2Error,
  iamError,
  isAction,
  namesOf,
  provisionFleet,
  s3Error,
  type Stage,
  useStage,
  withSite,
} from './stage.ts';

vi.setConfig({ testTimeout: 240_000 });

const WHOLE = {
  queues: 4,
  buckets: 3,
  roles: 2,
  profiles: 2,
  groups: 1,
  templates: 1,
  instances: 2,
  images: 0,
  snapshots: 0,
};
const TAG = [{ Key: 'facefleet:fleet', Value: 'FLEET' }];
const BAKE = 'facefleet bake --name unfit-fleet --image-id STOCK-IMAGE';
const LocationConstraint = 'eu-west-1';

describe.skipIf(!isMotoInstalled)('provision', () => {
  const stage = useStage();
  afterEach(() => {
    Object.assign(stage, { quota: 1000, areWorkersFine: true, mishap: undefined });
  });

  let made: Account;
  beforeAll(async () => {
    await provisionFleet(stage, 'made-fleet', { photoDays: 7 });
    made = await lookAt('made-fleet');
  }, 120_000);

  it('makes queues that lose nothing, with a dead-letter queue', () => {
    const { queues } = made;
    expect(queues).toHaveLength(4);
    for (const queue of queues) {
      expect(queue).toMatchObject({
        attributes: { SqsManagedSseEnabled: 'true' },
        Tags: { 'facefleet:fleet': 'FLEET' },
      });
    }
    const requests = queues.find((queue) => JSON.stringify(queue).includes('RedrivePolicy'));
    expect(requests).toMatchObject({
      attributes: {
        QueueArn: expect.stringMatching(/:FLEET-req-queue$/),
        RedrivePolicy: expect.stringMatching(
          /(?=.*:FLEET-dead-letter-queue")(?=.*"maxReceiveCount": ?5)/,
        ),
      },
    });
  });

  it('makes buckets that nobody else can read and that forget photos in time', () => {
    const { buckets } = made;
    expect(buckets).toHaveLength(3);
    const gone = { NoncurrentVersionExpiration: { NoncurrentDays: 7 } };
    for (const bucket of buckets) {
      expect(bucket).toMatchObject({
        Status: 'Enabled',
        TagSet: TAG,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        Rules: expect.arrayContaining([expect.objectContaining(gone)]),
      });
    }
    const expiring = buckets.filter((bucket) => JSON.stringify(bucket).includes('{"Days":7}'));
    expect(expiring).toMatchObject([{ Bucket: 'FLEET-in-bucket' }, { Bucket: 'FLEET-out-bucket' }]);
  });

  it('gives the roles the policies of deploy/iam, for the names of this fleet', () => {
    const { roles, profiles } = made;
    expect(roles.map((role) => decodeURIComponent((role as { policy: string }).policy))).toEqual([
      policyFor('web-and-controller', namesOf('FLEET')),
      policyFor('worker', namesOf('FLEET')),
    ]);
    expect(profiles).toMatchObject([
      { roles: ['FLEET-web-and-controller'], Tags: TAG },
      { roles: ['FLEET-worker'], Tags: TAG },
    ]);
  });

  it('makes workers that nobody can connect to, on encrypted disks, and stops them', () => {
    const { groups, templates, instances } = made;
    expect(groups).toMatchObject([{ IpPermissions: [], Tags: TAG }]);
    expect(templates).toMatchObject([
      {
        Tags: TAG,
        versions: [
          {
            data: {
              MetadataOptions: { HttpTokens: 'required' },
              BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true } }],
              IamInstanceProfile: { Name: 'FLEET-worker' },
            },
            script: expect.stringContaining('FACEFLEET_OUTPUT_BUCKET="FLEET-out-bucket"'),
            DefaultVersion: true,
          },
        ],
      },
    ]);
    const stopped = { state: 'stopped', InstanceType: 't3.small', ImageId: stage.imageId };
    expect(instances).toEqual([
      { ...stopped, tags: ['Name=app-tier-instance-1', 'facefleet:fleet=FLEET'] },
      { ...stopped, tags: ['Name=app-tier-instance-2', 'facefleet:fleet=FLEET'] },
    ]);
  });

  it('makes nothing twice, and what is missing again', async () => {
    await provisionFleet(stage, 'twice-fleet');
    const before = await lookAt('twice-fleet');
    expect(countsOf(before)).toMatchObject(WHOLE);
    await provisionFleet(stage, 'twice-fleet');
    expect(await lookAt('twice-fleet')).toEqual(before);

    await terminateOne('twice-fleet');
    await provisionFleet(stage, 'twice-fleet');
    expect(await lookAt('twice-fleet')).toEqual(before);
  });

  it('keeps photos as long as before when nobody says for how long', async () => {
    await provisionFleet(stage, 'made-fleet', { photoDays: undefined });
    const { buckets } = await lookAt('made-fleet');
    expect(buckets).toEqual(made.buckets);
  });

  it('adds instances to those that are there, and takes none away', async () => {
    await provisionFleet(stage, 'more-fleet', { count: 0 });
    expect(countsOf(await lookAt('more-fleet'))).toMatchObject({ ...WHOLE, instances: 0 });
    await provisionFleet(stage, 'more-fleet', { count: 1 });
    await provisionFleet(stage, 'more-fleet', { count: 3 });
    expect(countsOf(await lookAt('more-fleet'))).toMatchObject({ ...WHOLE, instances: 3 });
    await provisionFleet(stage, 'more-fleet', { count: 1 });
    expect(countsOf(await lookAt('more-fleet'))).toMatchObject({ ...WHOLE, instances: 3 });
  });

  it('makes new instances of what is wanted now, once', async () => {
    await provisionFleet(stage, 'type-fleet', { count: 1 });
    for (let times = 0; times < 2; times++) {
      await provisionFleet(stage, 'type-fleet', { count: 2, instanceType: 't3.medium' });
    }
    const { templates, instances } = await lookAt('type-fleet');
    expect(templates).toMatchObject([
      { versions: [{ DefaultVersion: false }, { DefaultVersion: true }] },
    ]);
    expect(instances).toMatchObject([{ InstanceType: 't3.small' }, { InstanceType: 't3.medium' }]);
  });

  it('launches in waves that the quota leaves room for', async () => {
    let running = 0;
    let most = 0;
    stage.quota = 5;
    stage.mishap = (call) => {
      if (isAction(call, 'RunInstances')) most = Math.max(most, ++running);
      if (isAction(call, 'StopInstances')) running = 0;
      return undefined;
    };
    const told = await provisionFleet(stage, 'waves-fleet', { count: 5 });
    expect(told.filter((what) => what.startsWith('launching'))).toEqual([
      'launching 2 of 5 more',
      'launching 2 of 3 more',
      'launching 1 more',
    ]);
    expect(most).toBe(2);
  });

  it('goes on by itself when EC2 does not see the new instance profile yet', async () => {
    let refusals = 0;
    stage.mishap = (call) =>
      isAction(call, 'RunInstances') && refusals++ === 0
        ? ec2Error(
            'InvalidParameterValue',
            'Value (late-fleet-worker) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
          )
        : undefined;
    await provisionFleet(stage, 'late-fleet', { count: 1 });
    expect(refusals).toBeGreaterThan(1);
    expect(countsOf(await lookAt('late-fleet'))).toMatchObject({ ...WHOLE, instances: 1 });
  });

  it('asks for an instance by the token of the run before, unless that one is terminated', async () => {
    const tokens: (string | null)[] = [];
    const refuse = (code: string) => (call: WireCall) => {
      if (!isAction(call, 'RunInstances')) return undefined;
      tokens.push(new URLSearchParams(call.body).get('ClientToken'));
      return tokens.length < 3 ? ec2Error(code, 'No.') : undefined;
    };
    stage.mishap = refuse('InsufficientInstanceCapacity');
    stage.quota = 2;
    await failureOf(provisionFleet(stage, 'token-fleet', { count: 1 }));
    tokens.splice(1);
    stage.mishap = refuse('IdempotentInstanceTerminated');
    await provisionFleet(stage, 'token-fleet', { count: 1 });
    const [first, again, other] = tokens;
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(tokens).toHaveLength(3);
  });

  it('takes a bucket for its own that it had not tagged yet, for it is empty', async () => {
    await withSite('half-fleet', ({ clients }) =>
      clients.s3.send(
        new CreateBucketCommand({
          Bucket: 'half-fleet-in-bucket',
          CreateBucketConfiguration: { LocationConstraint },
        }),
      ),
    );
    await provisionFleet(stage, 'half-fleet');
    expect(countsOf(await lookAt('half-fleet'))).toMatchObject(WHOLE);
  });

  it('leaves alone what has the name of a part of the fleet but not its tag', async () => {
    const foreign = { code: 'not_of_this_fleet' };
    await withSite('foreign-queue-fleet', ({ clients }) =>
      clients.sqs.send(new CreateQueueCommand({ QueueName: 'foreign-queue-fleet-resp-queue' })),
    );
    expect(await failureOf(provisionFleet(stage, 'foreign-queue-fleet'))).toMatchObject(foreign);

    await withSite('foreign-bucket-fleet', async ({ clients }) => {
      const Bucket = 'foreign-bucket-fleet-out-bucket';
      await clients.s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }),
      );
      await clients.s3.send(
        new PutObjectCommand({ Bucket, Key: 'kept', Body: Buffer.from('kept') }),
      );
    });
    expect(await failureOf(provisionFleet(stage, 'foreign-bucket-fleet'))).toMatchObject(foreign);

    await withSite('foreign-role-fleet', ({ clients }) =>
      clients.iam.send(
        new CreateRoleCommand({
          RoleName: 'foreign-role-fleet-worker',
          AssumeRolePolicyDocument: '{}',
        }),
      ),
    );
    expect(await failureOf(provisionFleet(stage, 'foreign-role-fleet'))).toMatchObject(foreign);
    expect(countsOf(await lookAt('foreign-queue-fleet'))).toMatchObject({ queues: 1, buckets: 0 });
  });

  it.each([
    ['image_not_found', { imageId: 'ami-0123456789abcdef0' }, BAKE],
    ['instance_type_unknown', { instanceType: 't3.tiny' }, undefined],
    ['image_does_not_fit', { instanceType: 't4g.small' }, undefined],
    ['no_network', { subnetId: 'subnet-0123456789abcdef0' }, 'aws ec2 describe-subnets'],
  ])('says %s before it makes anything', async (code, wish, next) => {
    const failure = await failureOf(provisionFleet(stage, 'unfit-fleet', wish));
    expect(failure).toMatchObject({ code });
    expect(failure.next).toBe(next);
    expect(countsOf(await lookAt('unfit-fleet'))).toMatchObject({ queues: 0, buckets: 0 });
  });

  it('says which flag mends that another account has a bucket of that name', async () => {
    stage.mishap = ({ service, method, url, body }) =>
      service === 's3' &&
      method === 'PUT' &&
      url.pathname === '/taken-fleet-out-bucket/' &&
      body !== ''
        ? s3Error(409, 'BucketAlreadyExists')
        : undefined;
    const failure = await failureOf(provisionFleet(stage, 'taken-fleet'));
    expect(failure).toMatchObject({ code: 'bucket_name_taken' });
    expect(failure.flag).toBe('--output-bucket ANOTHER-NAME');
  });

  it('refuses a name that no bucket can have before it makes anything', async () => {
    const failure = await failureOf(provisionFleet(stage, 'Unfit_fleet'));
    expect(failure).toMatchObject({ code: 'bucket_name_invalid' });
    expect(countsOf(await lookAt('Unfit_fleet'))).toMatchObject({ queues: 0, buckets: 0 });
  });

  it('says what is not allowed, and goes on from there when it is', async () => {
    stage.mishap = (call) =>
      call.service === 'iam' && isAction(call, 'PutRolePolicy')
        ? iamError('AccessDenied')
        : undefined;
    expect(await failureOf(provisionFleet(stage, 'denied-fleet'))).toMatchObject({
      code: 'aws_access_denied',
      action: 'iam:PutRolePolicy',
      resource: 'denied-fleet-worker',
    });
    stage.mishap = undefined;
    await provisionFleet(stage, 'denied-fleet');
    expect(countsOf(await lookAt('denied-fleet'))).toMatchObject(WHOLE);
  });

  it('keeps the waves before the one that EC2 has no capacity for, and adds the rest later', async () => {
    let launches = 0;
    stage.quota = 2;
    stage.mishap = (call) =>
      isAction(call, 'RunInstances') && ++launches > 2
        ? ec2Error('InsufficientInstanceCapacity', 'Insufficient capacity.', 500)
        : undefined;
    const failure = await failureOf(provisionFleet(stage, 'scarce-fleet', { count: 4 }));
    expect(failure).toMatchObject({ code: 'no_capacity' });
    expect(failure.message).toContain('2 of 4 instances are there');
    expect((await lookAt('scarce-fleet')).instances).toMatchObject([
      { state: 'stopped' },
      { state: 'stopped' },
    ]);
    stage.mishap = undefined;
    await provisionFleet(stage, 'scarce-fleet', { count: 4 });
    expect(countsOf(await lookAt('scarce-fleet'))).toMatchObject({ ...WHOLE, instances: 4 });
  });

  it('names the quota to raise when it leaves room for nobody', async () => {
    stage.quota = 1;
    const failure = await failureOf(provisionFleet(stage, 'full-fleet'));
    expect(failure).toMatchObject({ code: 'quota_reached' });
    expect(failure.next).toMatch(
      /^aws service-quotas request-.* --quota-code L-1216C47A --desired-value 4$/,
    );
  });

  it('believes EC2 more than the quota, and brings those to their end that it launched', async () => {
    let launches = 0;
    stage.mishap = (call) =>
      isAction(call, 'RunInstances') && ++launches > 1
        ? ec2Error('VcpuLimitExceeded', 'You have requested more vCPU capacity.')
        : undefined;
    expect(await failureOf(provisionFleet(stage, 'vcpus-fleet'))).toMatchObject({
      code: 'quota_reached',
    });
    expect((await lookAt('vcpus-fleet')).instances).toMatchObject([{ state: 'stopped' }]);
  });

  it('says which instance has no worker, and how to see why', async () => {
    onFirstLook(stage, (InstanceIds) => new StopInstancesCommand({ InstanceIds }));
    const failure = await failureOf(provisionFleet(stage, 'dead-fleet', { count: 1 }));
    expect(failure).toMatchObject({ code: 'worker_not_ready' });
    expect(failure.next).toMatch(/^aws ec2 get-console-output .*--instance-id i-\w+$/);
    expect((await lookAt('dead-fleet')).instances).toHaveLength(1);
  });

  it('says why EC2 ended an instance at once', async () => {
    onFirstLook(stage, (InstanceIds) => new TerminateInstancesCommand({ InstanceIds }));
    const failure = await failureOf(provisionFleet(stage, 'ended-fleet', { count: 1 }));
    expect(failure).toMatchObject({ code: 'instance_ended' });
  });
});

async function terminateOne(fleet: string): Promise<void> {
  await withSite(fleet, async ({ clients: { ec2 } }) => {
    const Filters = [{ Name: 'tag:facefleet:fleet', Values: [fleet] }];
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
    const { InstanceId = '' } = Reservations[0]?.Instances?.[0] ?? {};
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  });
}

/** Does something to an instance before its worker could be ready. */
function onFirstLook(
  stage: Stage,
  command: (ids: string[]) => StopInstancesCommand | TerminateInstancesCommand,
): void {
  const ec2 = new EC2Client({ endpoint: stage.url });
  stage.areWorkersFine = false;
  stage.mishap = async ({ service, method, url }) => {
    const [, id] = /\/workers\/(.+)$/.exec(url.pathname) ?? [];
    if (service === 's3' && method === 'HEAD' && id !== undefined) await ec2.send(command([id]));
    return undefined;
  };
}

async function failureOf(
  run: Promise<unknown>,
): Promise<FacefleetError & { next?: string; flag?: string }> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FacefleetError)) throw error ?? new Error('It did not fail.');
  return error;
}
