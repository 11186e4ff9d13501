import { CreateImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { AwsFleet } from '../../src/adapters/aws/fleet.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { instancesOf, isThere } from '../../src/provision/instances.ts';
import { newestContentOf } from '../../src/provision/launch-template.ts';
import { roll } from '../../src/provision/roll.ts';
import type { Site } from '../../src/provision/site.ts';
import { isMotoInstalled } from '../moto.ts';
import { otherImageIn } from './fleet-in-use.ts';
import { hurried } from './hurried.ts';
import { cutAfter, newChanges, provisionFleet, type Stage, useStage, withSite } from './stage.ts';

vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(!isMotoInstalled)('roll', () => {
  const stage = useStage();
  afterEach(() => {
    Object.assign(stage, { mishap: undefined, isCounted: () => true });
  });

  it('replaces every instance in waves, and terminates none before it has stopped', async () => {
    await provisionFleet(stage, 'rolled', { count: 4 });
    await withSite('rolled', async (site) => {
      const before = await thereOf(site);
      const running = before.slice(0, 2).map(({ id }) => id);
      await fleetOf(site).start(running);
      const watch = watchFleet(stage, 'rolled');
      const imageId = await imageOf(site, before[3]?.id);
      await roll(hurried(site), { imageId, wave: 3 }, () => undefined);
      watch.end();

      const after = await thereOf(site);
      expect(after.map(({ image, state }) => ({ image, state }))).toEqual(
        Array.from({ length: 4 }, () => ({ image: imageId, state: 'stopped' })),
      );
      const known = new Set(before.map(({ id }) => id));
      expect(after.filter(({ id }) => known.has(id))).toEqual([]);
      for (const id of running) {
        const [stopped, terminated] = ['Stop', 'Terminate'].map((act) =>
          watch.commands.indexOf(`${act} ${id}`),
        );
        expect(stopped).toBeGreaterThanOrEqual(0);
        expect(terminated).toBeGreaterThan(stopped ?? Infinity);
      }
      expect(watch.fewestMembers).toBe(4);

      await roll(hurried(site), { imageId, wave: 3 }, () => undefined);
      expect(await thereOf(site)).toEqual(after);
    });
  });

  it('goes by the new image in what it says of the disk', async () => {
    await provisionFleet(stage, 'rooted', { count: 1 });
    await withSite('rooted', async (site) => {
      const imageId = await otherImageIn(site);
      await roll(hurried(site), { imageId, wave: 1 }, () => undefined);
      const disk = { Encrypted: true, VolumeSize: 15, VolumeType: 'gp3' };
      const { BlockDeviceMappings } = await newestContentOf(site);
      expect(BlockDeviceMappings).toMatchObject([{ DeviceName: '/dev/xvda', Ebs: disk }]);
    });
  });

  it('goes on to the same end, whatever call it is killed after', async ({ task }) => {
    await provisionFleet(stage, 'cut', { count: 2 });
    await withSite('cut', async (site) => {
      const [first] = await thereOf(site);
      const imageId = await imageOf(site, first?.id);
      stage.isCounted = newChanges();
      let kills = 0;
      const run = () => roll(hurried(site), { imageId, wave: 1 }, () => undefined);
      while (kills < 40 && (await cutAfter(stage, 1, run)) === 'killed') kills++;
      expect(await thereOf(site)).toEqual([
        { id: expect.any(String), image: imageId, state: 'stopped' },
        { id: expect.any(String), image: imageId, state: 'stopped' },
      ]);
      expect(kills).toBeGreaterThan(8);
      task.meta.counted = `roll: killed ${kills} times, the fleet was whole at the end`;
    });
  });

  it.each([
    ['nobody', 'rolled', 'no_fleet'],
    ['an image that is not there', 'rolled', 'image_not_found'],
  ])('says which command is next for %s', async (what, name, code) => {
    await withSite(what === 'nobody' ? 'nobody' : name, async (site) => {
      const rolling = roll(site, { imageId: 'ami-00000000', wave: 1 }, () => undefined);
      await expect(rolling).rejects.toMatchObject({ code, next: expect.any(String) as string });
    });
  });
});

const fleetOf = ({ clients, names }: Site): AwsFleet =>
  new AwsFleet({ ec2: clients.ec2, name: names.fleet, clock: systemClock });

async function thereOf(site: Site) {
  return (await instancesOf(site)).filter(isThere).map(({ InstanceId, ImageId, State }) => ({
    id: InstanceId ?? '',
    image: ImageId,
    state: State?.Name,
  }));
}

/** Another image than those that the fleet is of. */
async function imageOf({ clients, names }: Site, InstanceId = ''): Promise<string> {
  const command = new CreateImageCommand({ InstanceId, Name: `${names.fleet}-image` });
  return (await clients.ec2.send(command)).ImageId ?? '';
}

/** Notes every command to an instance, and how few a controller could have started meanwhile. */
function watchFleet(stage: Stage, name: string) {
  const ec2 = new EC2Client({ endpoint: stage.url });
  const fleet = new AwsFleet({ ec2, name, clock: systemClock, membersOnly: true });
  const watch = { commands: [] as string[], fewestMembers: Infinity, end: () => ec2.destroy() };
  stage.mishap = async ({ body }) => {
    const parameters = new URLSearchParams(body);
    const [, act] = /^(Stop|Terminate)Instances$/.exec(parameters.get('Action') ?? '') ?? [];
    if (act === undefined) return undefined;
    const ids = [...parameters].flatMap(([key, id]) => (key.startsWith('InstanceId.') ? [id] : []));
    watch.commands.push(...ids.map((id) => `${act} ${id}`));
    const members = (await fleet.describe()).filter(({ state }) => state !== 'terminated');
    watch.fewestMembers = Math.min(watch.fewestMembers, members.length);
    return undefined;
  };
  return watch;
}
