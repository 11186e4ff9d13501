import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { AwsStore } from '../../src/adapters/aws/store.ts';
import { FacefleetError } from '../../src/bus/errors.ts';
import { bake } from '../../src/provision/bake.ts';
import { asideOf, instancesOf, isThere } from '../../src/provision/instances.ts';
import type { Site } from '../../src/provision/site.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { isMotoInstalled } from '../moto.ts';
import { otherImageIn } from './fleet-in-use.ts';
import { hurried } from './hurried.ts';
import { ec2Error, isAction, provisionFleet, useStage, withSite } from './stage.ts';

const pack = async (): Promise<Buffer> => Buffer.from('a package');

/** By all bakes of this file: the one that came to its end. */
const LEFT = { images: ['first'], snapshots: 1, builders: [], objects: [] };

vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(!isMotoInstalled)('bake', () => {
  const stage = useStage();
  beforeAll(() => provisionFleet(stage, 'baked', { count: 1 }), 120_000);
  afterEach(() => {
    Object.assign(stage, { mishap: undefined, areWorkersFine: true });
  });

  const bakeOnce = (
    site: Site,
    name: string,
    { signal = new AbortController().signal, imageId = stage.imageId } = {},
  ) => {
    const nodeDist = 'https://nodejs.org/dist';
    const wish = { imageId, pack, name, nodeVersion: process.version, nodeDist };
    return bake(hurried(site), wish, { tell: () => undefined, signal });
  };

  it('makes an image by a builder that installs this checkout, and leaves nothing else', async () => {
    await withSite('baked', async (site) => {
      const scripts: string[] = [];
      stage.mishap = ({ body }) => {
        const script = new URLSearchParams(body).get('UserData');
        if (script !== null) scripts.push(Buffer.from(script, 'base64').toString());
        return undefined;
      };
      const imageId = await bakeOnce(site, 'first');
      expect(imageId).toMatch(/^ami-/);
      expect(await leftBy(site)).toEqual(LEFT);
      const [script = ''] = scripts;
      expect(script).toMatch(/FACEFLEET_NAME="baked"/);
      expect(script).toMatch(
        /fetch '\S+baked-gallery-bucket\/bake\/\S+package\.tgz\S+X-Amz-Signature/,
      );
      expect(script.trimEnd()).toMatch(/facefleet systemd install worker$/);
    });
  });

  it('gives the builder one disk, encrypted, wherever the stock image has its root', async () => {
    await withSite('baked', async (site) => {
      const disks: [string, string][] = [];
      stage.mishap = (call) => {
        if (!isAction(call, 'RunInstances')) return undefined;
        const parameters = [...new URLSearchParams(call.body)];
        disks.push(...parameters.filter(([key]) => key.startsWith('BlockDeviceMapping.')));
        return ec2Error('InvalidParameterValue', 'No.');
      };
      const imageId = await otherImageIn(site);
      await expect(bakeOnce(site, 'other', { imageId })).rejects.toBeInstanceOf(FacefleetError);
      expect(Object.fromEntries(disks)).toEqual({
        'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
        'BlockDeviceMapping.1.Ebs.DeleteOnTermination': 'true',
        'BlockDeviceMapping.1.Ebs.Encrypted': 'true',
        'BlockDeviceMapping.1.Ebs.VolumeSize': '15',
        'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
      });
    });
  });

  it('waits until EC2 sees the instance profile', async () => {
    let refusals = 0;
    stage.mishap = (call) => {
      if (!isAction(call, 'RunInstances') || refusals++ > 0) return undefined;
      return ec2Error('InvalidParameterValue', 'Invalid IAM Instance Profile name');
    };
    stage.areWorkersFine = false;
    await withSite('baked', async (site) => {
      const interruption = new AbortController();
      const baking = bakeOnce(site, 'late', interruption);
      await vi.waitFor(async () => expect((await leftBy(site)).builders).toHaveLength(1), 60_000);
      interruption.abort();
      await expect(baking).rejects.toMatchObject({ code: 'interrupted' });
      expect(refusals).toBe(2);
    });
  });

  it('needs a fleet, and a stock image that is there', async () => {
    await withSite('nobody', (site) =>
      expect(bakeOnce(site, 'nothing')).rejects.toMatchObject({ code: 'no_fleet' }),
    );
    await withSite('baked', (site) =>
      expect(bakeOnce(site, 'nothing', { imageId: 'ami-00000000' })).rejects.toMatchObject({
        code: 'image_not_found',
      }),
    );
  });

  it('cleans up and shows the console when no worker becomes ready', async () => {
    stage.areWorkersFine = false;
    await withSite('baked', async (site) => {
      const failing = bakeOnce(site, 'failed');
      await vi.waitFor(async () => expect((await leftBy(site)).builders).toHaveLength(1), 60_000);
      const [builder] = (await leftBy(site)).builders;
      await site.clients.ec2.send(
        new TerminateInstancesCommand({ InstanceIds: [builder?.InstanceId ?? ''] }),
      );
      await expect(failing).rejects.toMatchObject({ code: 'builder_failed' });
      expect(await leftBy(site)).toEqual(LEFT);
    });
  });

  it.each(['RunInstances', 'StopInstances', 'CreateImage'])(
    'cleans up when EC2 refuses %s',
    async (action) => {
      stage.mishap = (call) =>
        isAction(call, action) ? ec2Error('InvalidParameterValue', 'No.') : undefined;
      await withSite('baked', async (site) => {
        await expect(bakeOnce(site, action)).rejects.toBeInstanceOf(FacefleetError);
        expect(await leftBy(site)).toEqual(LEFT);
      });
    },
  );

  it('cleans up when it is interrupted', async () => {
    stage.areWorkersFine = false;
    await withSite('baked', async (site) => {
      const interruption = new AbortController();
      const baking = bakeOnce(site, 'interrupted', interruption);
      await vi.waitFor(async () => expect((await leftBy(site)).builders).toHaveLength(1), 60_000);
      interruption.abort();
      await expect(baking).rejects.toMatchObject({ code: 'interrupted' });
      expect(await leftBy(site)).toEqual(LEFT);
    });
  });
});

/** What a bake may leave: images of the fleet with their snapshots, and nothing else. */
async function leftBy(site: Site) {
  const { ec2 } = site.clients;
  const Filters = [{ Name: 'tag:facefleet:fleet', Values: [site.names.fleet] }];
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters }));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ Filters }));
  const gallery = new AwsStore(site.names.galleryBucket, site.clients.s3);
  const builders = (await instancesOf(site)).filter(
    (instance) => isThere(instance) && asideOf(instance) === 'builder',
  );
  return {
    images: Images.map(({ Name }) => Name),
    snapshots: Snapshots.length,
    builders,
    objects: await keysOf(gallery, { allVersions: true }),
  };
}
