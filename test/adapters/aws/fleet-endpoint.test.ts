import { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';

import { AwsFleet } from '../../../src/adapters/aws/fleet.ts';
import { SteppedClock } from '../../../src/adapters/memory/clock.ts';
import { MemoryFleet } from '../../../src/adapters/memory/fleet.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { startEc2 } from '../../ec2/endpoint.ts';
import { fleetContract, refusedOf, statesOf } from '../fleet-contract.ts';

/** A fleet of EC2's, with the one in memory that carries it. */
async function openFleet(size: number) {
  const clock = new SteppedClock(1_700_000_000_000);
  const behind = new MemoryFleet({ clock, size, bootMs: () => 20_000, stopMs: () => 10_000 });
  const endpoint = await startEc2(behind, 'test');
  const ec2 = new EC2Client({
    endpoint: endpoint.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryMode: 'adaptive',
  });
  return {
    behind,
    clock,
    ec2,
    asked: endpoint.asked,
    fleet: new AwsFleet({ ec2, name: 'test', clock: systemClock }),
    settle: () => clock.advance(30_000),
    close: async () => {
      ec2.destroy();
      await endpoint.stop();
    },
  };
}

fleetContract('EC2 (our own endpoint)', openFleet);

const open = async (size: number): ReturnType<typeof openFleet> => {
  const opened = await openFleet(size);
  onTestFinished(opened.close);
  return opened;
};

describe('a fleet on EC2', () => {
  it('is seen whole with two calls at most when it has 1,000 instances', async () => {
    const { fleet, asked } = await open(1000);
    expect(await fleet.describe()).toHaveLength(1000);
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it('is seen whole when it takes several pages', async () => {
    const { fleet, asked } = await open(2500);
    expect(new Set((await fleet.describe()).map(({ id }) => id)).size).toBe(2500);
    expect(asked).toHaveLength(3);
  });

  it('starts 1,000 instances by the five calls that EC2 takes at once', async () => {
    const { fleet, behind, asked } = await open(1000);
    expect(await fleet.start(behind.ids)).toHaveLength(1000);
    expect(asked).toEqual(Array<string>(5).fill('StartInstances'));
  });

  it('shows the time between the command and its end', async () => {
    const { fleet, behind, clock, settle } = await open(1);
    await fleet.start(behind.ids);
    expect(await statesOf(fleet)).toEqual(['pending']);
    await clock.advance(20_000);
    expect(await statesOf(fleet)).toEqual(['running']);
    await fleet.stop(behind.ids);
    expect(await statesOf(fleet)).toEqual(['stopping']);
    await settle();
    expect(await statesOf(fleet)).toEqual(['stopped']);
  });

  it('singles out the instances in another state, by their ids in the message', async () => {
    const { fleet, behind, asked } = await open(20);
    const [first = '', second = ''] = behind.ids;
    await fleet.start([first, second]);
    const before = asked.length;
    const results = await fleet.stop(behind.ids);
    expect(refusedOf(results)).toEqual([
      [first, 'IncorrectInstanceState'],
      [second, 'IncorrectInstanceState'],
    ]);
    expect(results).toHaveLength(20);
    expect(asked.length - before).toBe(3);
  });

  it('singles out an instance that the message does not name by halving', async () => {
    const { fleet, behind } = await open(20);
    behind.faults.refuse('i-13', 'UnsupportedOperation');
    const results = await fleet.start(behind.ids);
    expect(refusedOf(results)).toEqual([['i-13', 'UnsupportedOperation']]);
    expect((await statesOf(fleet)).filter((state) => state === 'pending')).toHaveLength(19);
  });

  it('starts as many as there is capacity for, and refuses the rest', async () => {
    const { fleet, behind, asked } = await open(20);
    behind.faults.capacity = 7;
    const results = await fleet.start(behind.ids);
    const refused = refusedOf(results);
    expect(refused).toHaveLength(13);
    // Whoever comes after the first that there is no room for need not be asked for.
    expect(asked.length).toBeLessThanOrEqual(20);
    expect(new Set(refused.map(([, code]) => code))).toEqual(
      new Set(['InsufficientInstanceCapacity']),
    );
    expect((await statesOf(fleet)).filter((state) => state === 'pending')).toHaveLength(7);
  });

  it('refuses every instance when EC2 is called too often, without more calls than retries', async () => {
    const { fleet, behind, asked } = await open(1000);
    behind.faults.throttle(3_600_000);
    const results = await fleet.start(behind.ids);
    expect(refusedOf(results)).toHaveLength(1000);
    expect(refusedOf(results)[0]?.[1]).toBe('RequestLimitExceeded');
    expect(asked.length).toBeLessThanOrEqual(3);
    await expect(fleet.describe()).rejects.toMatchObject({ code: 'aws_throttled' });
  });

  it('refuses every instance for lack of a right, and names the action', async () => {
    const { fleet, behind, asked } = await open(3);
    for (const id of behind.ids) behind.faults.refuse(id, 'UnauthorizedOperation');
    const [result] = await fleet.start(behind.ids);
    expect(result).toMatchObject({
      error: {
        code: 'UnauthorizedOperation',
        message: expect.stringContaining('do not allow ec2:StartInstances') as string,
      },
    });
    expect(asked).toHaveLength(1);
  });

  it('may read as stopped for a while after a start', async () => {
    const { fleet, behind, clock } = await open(1);
    behind.faults.maxDescribeLagMs = 5000;
    behind.faults.describeLagMs = () => 5000;
    await clock.advance(5000);
    await fleet.start(behind.ids);
    expect(await statesOf(fleet)).toEqual(['stopped']);
    await clock.advance(5000);
    expect(await statesOf(fleet)).toEqual(['pending']);
  });

  it('rejects a command whose answer is lost: it may have worked', async () => {
    const { fleet, behind } = await open(1);
    behind.faults.failNext(
      'start',
      ...Array<'works, but its answer is lost'>(3).fill('works, but its answer is lost'),
    );
    await expect(fleet.start(behind.ids)).rejects.toMatchObject({ code: 'aws_request_failed' });
    expect(behind.stateOf('i-01')).toBe('pending');
  });

  it('ends every call within ten seconds, on its own clock', async () => {
    const { ec2, behind, asked } = await open(1);
    const clock = new SteppedClock();
    const fleet = new AwsFleet({ ec2, name: 'test', clock });
    behind.faults.failNext('start', 'hangs');
    const starting = fleet.start(behind.ids);
    starting.catch(() => undefined);
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(10_000);
    await expect(starting).rejects.toMatchObject({ code: 'aws_unreachable' });
  });
});
