import {
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Image,
} from '@aws-sdk/client-ec2';

import { answerTo } from '../adapters/aws/errors.ts';
import { answerUnless, patiently, saysOneOf } from './answers.ts';
import { ec2TagFilter } from './ec2-tags.ts';
import { type Kind, removeEach } from './resource.ts';
import type { Site } from './site.ts';

/** The image of that id, or `undefined` when nobody here may use one. */
export async function imageOf({ clients }: Site, imageId: string): Promise<Image | undefined> {
  const answer = await answerUnless(
    ['InvalidAMIID.NotFound', 'InvalidAMIID.Malformed', 'InvalidAMIID.Unavailable'],
    { action: 'ec2:DescribeImages', resource: imageId },
    clients.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] })),
  );
  return answer?.Images?.[0];
}

/** Images of the fleet, each with the snapshots that it is made of. */
export function imagesOf(site: Site): Kind {
  const { ec2 } = site.clients;
  const images = async (): Promise<Image[]> => {
    const { Images = [] } = await answerTo(
      { action: 'ec2:DescribeImages', resource: site.names.fleet },
      ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters: ec2TagFilter(site.names) })),
    );
    return Images;
  };
  return {
    title: 'images with their snapshots',
    find: async () => (await images()).map(({ ImageId = '' }) => ImageId),
    async remove(found) {
      const snapshots = new Map(
        (await images()).map(({ ImageId = '', BlockDeviceMappings = [] }) => [
          ImageId,
          BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
        ]),
      );
      return removeEach(found, async (ImageId) => {
        await answerUnless(
          ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'],
          { action: 'ec2:DeregisterImage', resource: ImageId },
          ec2.send(new DeregisterImageCommand({ ImageId })),
        );
        for (const id of snapshots.get(ImageId) ?? []) await removeSnapshot(site, id);
      });
    },
  };
}

/** Snapshots that carry the tag themselves: those of an image that was being made or removed. */
export function snapshotsOf(site: Site): Kind {
  return {
    title: 'snapshots',
    async find() {
      const { Snapshots = [] } = await answerTo(
        { action: 'ec2:DescribeSnapshots', resource: site.names.fleet },
        site.clients.ec2.send(
          new DescribeSnapshotsCommand({
            OwnerIds: ['self'],
            Filters: ec2TagFilter(site.names),
          }),
        ),
      );
      return Snapshots.map(({ SnapshotId = '' }) => SnapshotId);
    },
    remove: (found) => removeEach(found, (id) => removeSnapshot(site, id)),
  };
}

/** Disks that carry the tag. Those of instances go with these. */
export function volumesOf(site: Site): Kind {
  const { ec2 } = site.clients;
  return {
    title: 'disks',
    async find() {
      const { Volumes = [] } = await answerTo(
        { action: 'ec2:DescribeVolumes', resource: site.names.fleet },
        ec2.send(new DescribeVolumesCommand({ Filters: ec2TagFilter(site.names) })),
      );
      return Volumes.map(({ VolumeId = '' }) => VolumeId);
    },
    remove: (found) =>
      removeEach(found, async (VolumeId) => {
        const remove = () => ec2.send(new DeleteVolumeCommand({ VolumeId }));
        await answerUnless(
          ['InvalidVolume.NotFound'],
          { action: 'ec2:DeleteVolume', resource: VolumeId },
          patiently(site.clock, saysOneOf('VolumeInUse'), remove),
        );
      }),
  };
}

async function removeSnapshot({ clients }: Site, SnapshotId: string): Promise<void> {
  await answerUnless(
    ['InvalidSnapshot.NotFound'],
    { action: 'ec2:DeleteSnapshot', resource: SnapshotId },
    clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId })),
  );
}
