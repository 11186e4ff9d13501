import {
  CreateImageCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  type Image,
} from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

import { idOf, instancesOf, isThere } from '../../src/provision/instances.ts';
import type { Site } from '../../src/provision/site.ts';

/** Leaves behind what a fleet in use does: versions of photos, an image with its snapshot, a disk. */
export async function useFleet(site: Site): Promise<void> {
  const { s3, ec2 } = site.clients;
  for (const Bucket of [site.names.inputBucket, site.names.outputBucket]) {
    const photo = { Bucket, Key: 'photo.jpg' };
    await s3.send(new PutObjectCommand({ ...photo, Body: Buffer.from('one') }));
    await s3.send(new PutObjectCommand({ ...photo, Body: Buffer.from('two') }));
    await s3.send(new DeleteObjectCommand(photo));
  }
  const Tags = [{ Key: 'facefleet:fleet', Value: site.names.fleet }];
  const [InstanceId] = (await instancesOf(site)).filter(isThere).map(idOf);
  await ec2.send(
    new CreateImageCommand({
      InstanceId,
      Name: 'baked',
      TagSpecifications: [
        { ResourceType: 'image', Tags },
        { ResourceType: 'snapshot', Tags },
      ],
    }),
  );
  await ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: 'eu-west-1a',
      Size: 1,
      TagSpecifications: [{ ResourceType: 'volume', Tags }],
    }),
  );
}

/** Where the image of `imageIn` has its root. */
const ROOT = '/dev/sda1';

/** An image of the region that instances can be made of. */
export const imageIn = (site: Site): Promise<string> =>
  imageWith(site, ({ RootDeviceName }) => RootDeviceName === ROOT);

/** Another one, whose root has another name. */
export const otherImageIn = (site: Site): Promise<string> =>
  imageWith(site, ({ RootDeviceName }) => RootDeviceName === '/dev/xvda');

async function imageWith({ clients }: Site, isWanted: (image: Image) => boolean): Promise<string> {
  const { Images = [] } = await clients.ec2.send(new DescribeImagesCommand({}));
  const image = Images.find((each) => each.Architecture === 'x86_64' && isWanted(each));
  if (image?.ImageId === undefined) throw new Error('moto has no such image.');
  return image.ImageId;
}
