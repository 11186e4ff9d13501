import { DescribeInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';

import { openClients } from '../../../src/adapters/aws/clients.ts';
import { AwsFleet } from '../../../src/adapters/aws/fleet.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { createLaunchTemplate } from '../../aws-deployment.ts';
import { isMotoInstalled } from '../../moto.ts';
import { fleetContract, statesOf } from '../fleet-contract.ts';
import { useMoto } from './environment.ts';

const TEMPLATE = 'worker';
let fleets = 0;

async function openFleet(size: number) {
  const clients = openClients();
  const { ec2 } = clients;
  await createLaunchTemplate(ec2, TEMPLATE);
  const name = `fleet-${++fleets}`;
  const fleet = new AwsFleet({ ec2, name, clock: systemClock });
  const launched = await fleet.launch(size, TEMPLATE);
  await fleet.stop(launched.map(({ id }) => id));
  return { ec2, name, fleet, settle: async () => undefined, close: async () => clients.destroy() };
}

const namesOf = async (ec2: EC2Client, fleet: string): Promise<Set<string | undefined>> => {
  const Filters = [
    { Name: 'tag:facefleet:fleet', Values: [fleet] },
    { Name: 'instance-state-name', Values: ['running', 'stopped'] },
  ];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  return new Set(instances.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'Name')?.Value));
};

describe.skipIf(!isMotoInstalled)('EC2 as moto has it', () => {
  useMoto('ec2');
  fleetContract('EC2 (moto)', openFleet);

  const open = async (size: number): ReturnType<typeof openFleet> => {
    const opened = await openFleet(size);
    onTestFinished(opened.close);
    return opened;
  };

  it('numbers new instances from the lowest number that is free', async () => {
    const { ec2, name, fleet } = await open(3);
    const [first] = await fleet.describe();
    await fleet.terminate([first?.id ?? '']);
    await fleet.launch(2, TEMPLATE);
    expect(await namesOf(ec2, name)).toEqual(
      new Set([1, 2, 3, 4].map((number) => `app-tier-instance-${number}`)),
    );
  });

  it('leaves the instances of other fleets alone', async () => {
    const { fleet } = await open(2);
    const other = await open(1);
    await fleet.start((await fleet.describe()).map(({ id }) => id));
    expect(await statesOf(fleet)).toEqual(['running', 'running']);
    expect(await statesOf(other.fleet)).toEqual(['stopped']);
  });

  it('says what is wrong when there is no such launch template', async () => {
    const { fleet } = await open(0);
    await expect(fleet.launch(1, 'nobody')).rejects.toMatchObject({
      awsCode: 'InvalidLaunchTemplateName.NotFoundException',
    });
  });
});
