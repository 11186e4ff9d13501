import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { systemClock } from '../../src/adapters/system-clock.ts';
import { fleetChecks } from '../../src/doctor/aws/checks.ts';
import type { Finding } from '../../src/doctor/check.ts';
import { policyFor } from '../../src/provision/policies.ts';
import { ROLE_POLICY } from '../../src/provision/roles.ts';
import type { Site } from '../../src/provision/site.ts';
import type { WireAnswer, WireCall } from '../aws-recorder.ts';
import { simulationAnswer } from '../moto-gaps.ts';
import { isMotoInstalled } from '../moto.ts';
import {
  ec2Error,
  isAction,
  namesOf,
  provisionFleet,
  useStage,
  withSite,
} from '../provision/stage.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const FLEET = 'checked';

describe.skipIf(!isMotoInstalled)('facefleet doctor --name', () => {
  const stage = useStage();
  beforeAll(() => provisionFleet(stage, FLEET));
  afterEach(() => {
    Object.assign(stage, { quota: 1000, mishap: allowAll });
  });
  it('finds nothing amiss with a fleet that was provisioned', async () => {
    stage.mishap = allowAll;
    await withSite(FLEET, async (site) => {
      for (const check of fleetChecks(site, 19)) {
        expect(await check.look(), check.name).toMatchObject({ status: 'ok' });
      }
    });
  });

  it('says what is not there, and how to make it', async () => {
    for (const check of ['queues', 'buckets', 'roles', 'image']) {
      expect(await finding(check, {}, 'nowhere')).toMatchObject({
        status: 'failed',
        mend: expect.stringContaining('facefleet provision --name nowhere'),
      });
    }
    expect(await finding('instances', {}, 'nowhere')).toMatchObject({ status: 'warning' });
  });

  it('tells how far this clock is from that of AWS', async () => {
    expect(await finding('clock', ahead(-3600))).toMatchObject({ status: 'failed' });
    expect(await finding('clock', ahead(120))).toMatchObject({ status: 'warning' });
  });

  it('names the statements that the credentials lack', async () => {
    stage.mishap = (call) => simulationAnswer(call, (action) => action !== 'sqs:CreateQueue');
    expect(await finding('permissions')).toMatchObject({
      status: 'failed',
      message: 'These credentials lack MakeAndRemoveQueues (sqs:CreateQueue).',
    });
  });

  it('warns when the account does not let it simulate', async () => {
    stage.mishap = undefined;
    expect(await finding('permissions')).toMatchObject({ status: 'warning' });
  });

  it('sees a role whose policy is another one', async () => {
    await change(({ clients }) =>
      clients.iam.send(
        new PutRolePolicyCommand({
          RoleName: `${FLEET}-worker`,
          PolicyName: ROLE_POLICY,
          PolicyDocument: policyFor('web-and-controller', namesOf(FLEET)),
        }),
      ),
    );
    expect(await finding('roles')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(`${FLEET}-worker`),
    });
  });

  it('sees a bucket that keeps no versions', async () => {
    await change(({ clients }) =>
      clients.s3.send(
        new PutBucketVersioningCommand({
          Bucket: `${FLEET}-out-bucket`,
          VersioningConfiguration: { Status: 'Suspended' },
        }),
      ),
    );
    await expect(finding('buckets')).rejects.toMatchObject({ code: 'bucket_not_versioned' });
  });

  it('sees that one queue is gone', async () => {
    await change(async ({ clients: { sqs } }) => {
      const name = { QueueName: `${FLEET}-events-queue` };
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand(name));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    });
    expect(await finding('queues')).toMatchObject({
      status: 'failed',
      message: `There is no queue ${FLEET}-events-queue.`,
    });
  });

  it('warns when the quota holds fewer instances than the controller may start', async () => {
    stage.quota = 8;
    expect(await finding('quota')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('room for 4 more t3.small'),
    });
  });

  it('sees that the image of new instances is gone', async () => {
    stage.mishap = (call) =>
      isAction(call, 'DescribeImages') ? ec2Error('InvalidAMIID.NotFound', 'No.') : undefined;
    expect(await finding('image')).toMatchObject({
      status: 'failed',
      mend: expect.stringContaining('facefleet bake'),
    });
  });
});

const allowAll = (call: WireCall): WireAnswer | undefined => simulationAnswer(call, () => true);

/** What one check says of a fleet, on a site that differs from the real one. */
const finding = (check: string, site: Partial<Site> = {}, fleet = FLEET): Promise<Finding> =>
  withSite(fleet, async (whole) => {
    const found = fleetChecks({ ...whole, ...site }, 19).find(({ name }) => name === check);
    if (found === undefined) throw new Error(`There is no check ${check}.`);
    return found.look();
  });

const change = (act: (site: Site) => Promise<unknown>): Promise<unknown> => withSite(FLEET, act);

/** A machine whose clock is so many seconds ahead. */
const ahead = (seconds: number): Pick<Site, 'clock'> => ({
  clock: { ...systemClock, now: () => systemClock.now() + seconds * 1000 },
});
