import { describe, expect, it, onTestFinished } from 'vitest';

import type { Fleet, InstanceDescription, InstanceState } from '../../src/bus/fleet.ts';

/** A fleet of some adapter whose instances are all stopped at first. */
export interface FleetHarness {
  readonly fleet: Fleet;
  /** Lets what is pending come up, and what is stopping stop. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** In what a fleet differs from EC2. */
export interface FleetPeculiarities {
  /** Any id is an instance. */
  readonly knowsEveryId?: boolean;
}

/** What every fleet must do; it assumes no more than EC2 gives. */
export function fleetContract(
  adapter: string,
  open: (size: number) => Promise<FleetHarness>,
  { knowsEveryId = false }: FleetPeculiarities = {},
): void {
  const opened = async (size: number): Promise<FleetHarness & { ids: string[] }> => {
    const harness = await open(size);
    onTestFinished(harness.close);
    return { ...harness, ids: (await harness.fleet.describe()).map(({ id }) => id) };
  };

  describe(`the ${adapter} fleet`, () => {
    it('describes each of its instances once', async () => {
      const { fleet, ids } = await opened(3);
      expect(new Set(ids).size).toBe(3);
      expect(await statesOf(fleet)).toEqual(['stopped', 'stopped', 'stopped']);
    });

    it('starts those that it is told to, and no others', async () => {
      const { fleet, ids, settle } = await opened(3);
      const [first = '', second = ''] = ids;
      const results = await fleet.start([first, second]);
      expect(results.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
      for (const result of results) expect(result).toMatchObject({ state: 'pending' });
      await settle();
      expect(await statesOf(fleet)).toEqual(['running', 'running', 'stopped']);
    });

    it('tells when those that run were launched', async () => {
      const { fleet, ids, settle } = await opened(1);
      await fleet.start(ids);
      expect((await onlyOf(fleet)).launchedAt).toBeGreaterThan(0);
      await settle();
      expect((await onlyOf(fleet)).launchedAt).toBeGreaterThan(0);
    });

    it('stops those that it is told to, and starts them again', async () => {
      const { fleet, ids, settle } = await opened(2);
      await fleet.start(ids);
      await settle();
      const [first = ''] = ids;
      expect(await fleet.stop([first])).toEqual([{ id: first, state: 'stopping' }]);
      await settle();
      expect(await statesOf(fleet)).toEqual(['stopped', 'running']);
      expect(await fleet.start([first])).toEqual([{ id: first, state: 'pending' }]);
      await settle();
      expect(await statesOf(fleet)).toEqual(['running', 'running']);
    });

    it('leaves an instance that runs as it is when it is to start', async () => {
      const { fleet, ids, settle } = await opened(1);
      await fleet.start(ids);
      await settle();
      const before = await onlyOf(fleet);
      await fleet.start(ids);
      expect(await onlyOf(fleet)).toEqual(before);
    });

    it('does nothing for nobody', async () => {
      const { fleet } = await opened(1);
      expect(await fleet.start([])).toEqual([]);
      expect(await fleet.stop([])).toEqual([]);
    });

    it.skipIf(knowsEveryId)(
      'refuses what it does not know, and does what it was told of the others',
      async () => {
        const { fleet, ids, settle } = await opened(4);
        const [a = '', b = '', c = '', d = ''] = ids;
        const unknown = ['i-0123456789abcdef0', 'i-0123456789abcdef1'];
        const results = await fleet.start([a, ...unknown, b, c, d]);
        expect(refusedOf(results)).toEqual(unknown.map((id) => [id, 'InvalidInstanceID.NotFound']));
        expect(results).toHaveLength(6);
        await settle();
        expect(await statesOf(fleet)).toEqual(Array<string>(4).fill('running'));
      },
    );
  });
}

export async function statesOf(fleet: Pick<Fleet, 'describe'>): Promise<InstanceState[]> {
  return (await fleet.describe()).map(({ state }) => state);
}

/** Id and code of each refusal, in the order of the ids. */
export function refusedOf(results: Awaited<ReturnType<Fleet['start']>>): [string, string][] {
  return results
    .flatMap((result): [string, string][] =>
      'error' in result ? [[result.id, result.error.code]] : [],
    )
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function onlyOf(fleet: Fleet): Promise<InstanceDescription> {
  const [only] = await fleet.describe();
  if (only === undefined) throw new Error('The fleet has no instance.');
  return only;
}
