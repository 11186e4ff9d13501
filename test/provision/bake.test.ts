import { DescribeImagesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { AwsStore } from '../../src/adapters/aws/store.ts';
import { FacefleetError } from '../../src/bus/errors.ts';
import { bake } from '../../src/provision/bake.ts';
import { asideOf, instancesOf, isThere } from '../../src/provision/instances.ts';
import type { Site } from '../../src/provision/site.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { isMotoInstalled } from '../moto.ts';
import { hurried } from './hurried.ts';
import { ec2Error, isAction, provisionFleet, useStage, withSite } from './stage.ts';

const pack = async (): Promise<Buffer> => Buffer.from('a package');

vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(!isMotoInstalled)('bake', () => {
  const stage = useStage();
  beforeAll(() => provisionFleet(stage, 'baked', { count: 1 }), 120_000);
  afterEach(() => {
    Object.assign(stage, { mishap: undefined, areWorkersFine: true });
  });

  const bakeOnce = (site: Site, name: string, signal = new AbortController().signal) => {
    const nodeDist = 'https://nodejs.org/dist';
    const wish = { imageId: stage.imageId, pack, name, nodeVersion: process.version, nodeDist };
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
      expect(await leftBy(site)).toEqual({ images: ['first'], builders: [], objects: [] });
      const [script = ''] = scripts;
      expect(script).toMatch(/FACEFLEET_NAME="baked"/);
      expect(script).toMatch(
        /fetch '\S+baked-gallery-bucket\/bake\/\S+package\.tgz\S+X-Amz-Signature/,
      );
      expect(script.trimEnd()).toMatch(/facefleet systemd install worker$/);
    });
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
      expect(await leftBy(site)).toEqual({ images: ['first'], builders: [], objects: [] });
    });
  });

  it.each(['RunInstances', 'StopInstances', 'CreateImage'])(
    'cleans up when EC2 refuses %s',
    async (action) => {
      stage.mishap = (call) =>
        isAction(call, action) ? ec2Error('InvalidParameterValue', 'No.') : undefined;
      await withSite('baked', async (site) => {
        await expect(bakeOnce(site, action)).rejects.toBeInstanceOf(FacefleetError);
        expect(await leftBy(site)).toEqual({ images: ['first'], builders: [], objects: [] });
      });
    },
  );

  it('cleans up when it is interrupted', async () => {
    stage.areWorkersFine = false;
    await withSite('baked', async (site) => {
      const interruption = new AbortController();
      const baking = bakeOnce(site, 'interrupted', interruption.signal);
      await vi.waitFor(async () => expect((await leftBy(site)).builders).toHaveLength(1), 60_000);
      interruption.abort();
      await expect(baking).rejects.toMatchObject({ code: 'interrupted' });
      expect(await leftBy(site)).toEqual({ images: ['first'], builders: [], objects: [] });
    });
  });
});

/** What a bake may leave: images of the fleet, and nothing else. */
async function leftBy(site: Site) {
  const { Images = [] } = await site.clients.ec2.send(
    new DescribeImagesCommand({
      Filters: [{ Name: 'tag:facefleet:fleet', Values: [site.names.fleet] }],
    }),
  );
  const gallery = new AwsStore(site.names.galleryBucket, site.clients.s3);
  const builders = (await instancesOf(site)).filter(
    (instance) => isThere(instance) && asideOf(instance) === 'builder',
  );
  return {
    images: Images.map(({ Name }) => Name),
    builders,
    objects: await keysOf(gallery, { allVersions: true }),
  };
}
