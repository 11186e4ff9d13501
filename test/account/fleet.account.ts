import { setTimeout as wait } from 'node:timers/promises';

import { CreateLaunchTemplateCommand, type _InstanceType } from '@aws-sdk/client-ec2';
import { beforeAll, describe } from 'vitest';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsFleet } from '../../src/adapters/aws/fleet.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { fleetContract, type FleetHarness } from '../adapters/fleet-contract.ts';
import { IMAGE, INSTANCE_TYPE, PREFIX } from './settings.ts';

const TEMPLATE = `${PREFIX}worker`;
const LOOK_EVERY_MS = 2000;
let fleets = 0;

async function accountHarness(size: number): Promise<FleetHarness> {
  const clients = openClients();
  const fleet = new AwsFleet({
    ec2: clients.ec2,
    name: `${PREFIX}fleet-${++fleets}`,
    clock: systemClock,
  });
  const settle = async (): Promise<void> => {
    for (;;) {
      const states = (await fleet.describe()).map(({ state }) => state);
      const isSettled = states.every((state) => state === 'running' || state === 'stopped');
      if (isSettled && states.length === size) return;
      await wait(LOOK_EVERY_MS);
    }
  };
  const launched = await fleet.launch(size, TEMPLATE);
  const ids = launched.map(({ id }) => id);
  await settle();
  await fleet.stop(ids);
  await settle();
  return {
    fleet,
    settle,
    async close() {
      await fleet.terminate(ids);
      clients.destroy();
    },
  };
}

describe.skipIf(IMAGE === undefined)('with instances', () => {
  beforeAll(async () => {
    const clients = openClients();
    await clients.ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: TEMPLATE,
        LaunchTemplateData: { ImageId: IMAGE, InstanceType: INSTANCE_TYPE as _InstanceType },
      }),
    );
    clients.destroy();
  });

  fleetContract('EC2 (this account)', accountHarness);
});
