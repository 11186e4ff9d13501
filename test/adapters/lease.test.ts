import { describe, expect, it } from 'vitest';

import { leasedFleet } from '../../src/adapters/aws/lease-guard.ts';
import { Lease, LEASE_MS } from '../../src/adapters/aws/lease.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { type Clock, sleep } from '../../src/bus/clock.ts';
import { type Random, seededRandom } from '../../src/bus/random.ts';
import type { ObjectStore } from '../../src/bus/store.ts';

const KEY = 'lease/controller';

type LeaseStore = Pick<ObjectStore, 'get' | 'put' | 'delete' | 'list'>;

interface Contender {
  readonly lease: Lease;
  readonly told: string[];
  readonly failures: unknown[];
}

/** @param rate - how much faster than the true time its own clock runs */
function contender(store: LeaseStore, clock: Clock, holder: string, rate = 1): Contender {
  const told: string[] = [];
  const failures: unknown[] = [];
  const lease = new Lease({
    store,
    key: KEY,
    holder,
    clock,
    monotonic: () => clock.now() * rate,
    onAcquired: () => told.push('acquired'),
    onLost: () => told.push('lost'),
    onFailure: (error) => failures.push(error),
  });
  lease.start();
  return { lease, told, failures };
}

/** A store whose calls take their time, and fail before or after they worked. */
function unreliable(store: ObjectStore, clock: Clock, random: Random): LeaseStore {
  const call = async <T>(run: () => Promise<T>): Promise<T> => {
    await sleep(clock, random() < 0.1 ? random() * 60_000 : random() * 500);
    if (random() < 0.1) throw new Error('The request was lost.');
    const result = await run();
    await sleep(clock, random() * 500);
    if (random() < 0.1) throw new Error('The answer was lost.');
    return result;
  };
  return {
    get: (...args) => call(() => store.get(...args)),
    put: (...args) => call(() => store.put(...args)),
    delete: (...args) => call(() => store.delete(...args)),
    async *list(...args) {
      await call(async () => undefined);
      yield* store.list(...args);
    },
  };
}

const world = () => {
  const clock = new SteppedClock(1_000_000);
  return { clock, store: new MemoryStore('bucket', clock) };
};

describe('the lease', () => {
  it('is acquired at once where there is none, and kept', async () => {
    const { clock, store } = world();
    const { lease, told } = contender(store, clock, 'a');
    await clock.advance(1);
    expect(told).toEqual(['acquired']);
    await clock.advance(3_600_000);
    expect(told).toEqual(['acquired']);
    expect(lease.isHeldFor(10_000)).toBe(true);
  });

  it('leaves one version behind, however often it was renewed', async () => {
    const { clock, store } = world();
    contender(store, clock, 'a');
    await clock.advance(3_600_000);
    expect(await versionsIn(store)).toHaveLength(1);
  });

  it('clears away what failed calls left behind when it is next acquired', async () => {
    const { clock, store } = world();
    const forgetful = {
      ...unbound(store),
      delete: () => Promise.reject(new Error('The request was lost.')),
    };
    const { lease } = contender(forgetful, clock, 'a');
    await clock.advance(60_000);
    await lease.release();
    expect((await versionsIn(store)).length).toBeGreaterThan(10);
    const { failures } = contender(store, clock, 'b');
    await clock.advance(1000);
    expect(await versionsIn(store)).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  it('passes on when its holder has been silent for as long as it lasts, and not before', async () => {
    const { clock, store } = world();
    let isCut = false;
    const cutOff: LeaseStore = {
      ...unbound(store),
      get: (...args) => (isCut ? Promise.reject(new Error('cut')) : store.get(...args)),
      put: (...args) => (isCut ? Promise.reject(new Error('cut')) : store.put(...args)),
    };
    const a = contender(cutOff, clock, 'a');
    await clock.advance(1000);
    const b = contender(store, clock, 'b');
    await clock.advance(60_000);
    expect(b.told).toEqual([]);
    isCut = true;
    await clock.advance(LEASE_MS - 3000);
    expect([a.told, b.told]).toEqual([['acquired', 'lost'], []]);
    await clock.advance(10_000);
    expect(b.told).toEqual(['acquired']);
    isCut = false;
    await clock.advance(60_000);
    expect([a.lease.isHeldFor(0), b.lease.isHeldFor(0)]).toEqual([false, true]);
  });

  it('passes on within seconds when it is released', async () => {
    const { clock, store } = world();
    const a = contender(store, clock, 'a');
    await clock.advance(1000);
    const b = contender(store, clock, 'b');
    await clock.advance(1000);
    await a.lease.release();
    expect(a.told).toEqual(['acquired', 'lost']);
    await clock.advance(5000);
    expect(b.told).toEqual(['acquired']);
  });

  it.each([
    ['acquired at the next try', 'the first write', true],
    ['kept', 'a renewal', false],
  ])('is %s when the answer to %s is lost', async (_, __, isFirst) => {
    const { clock, store } = world();
    let losesNext = isFirst;
    const { told, failures } = contender(
      {
        ...unbound(store),
        async put(...args) {
          const version = await store.put(...args);
          if (losesNext) {
            losesNext = false;
            throw new Error('The answer was lost.');
          }
          return version;
        },
      },
      clock,
      'a',
    );
    await clock.advance(6000);
    expect(told).toEqual(['acquired']);
    losesNext = !isFirst;
    await clock.advance(600_000);
    expect(failures).toHaveLength(1);
    expect(told).toEqual(['acquired']);
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'is never held by two, whatever fails and however wrong their clocks are (seed %i)',
    async (seed) => {
      const { clock, store } = world();
      const random = seededRandom(seed);
      const contenders = ['a', 'b', 'c'].map((holder, index) =>
        contender(unreliable(store, clock, random), clock, holder, 1 + (index - 1) * 0.03),
      );
      let heldMs = 0;
      for (let at = 0; at < 1_800_000; at += 250) {
        await clock.advance(250);
        const holders = contenders.filter(({ lease }) => lease.isHeldFor(0));
        expect(holders.length).toBeLessThanOrEqual(1);
        heldMs += holders.length * 250;
      }
      // It is somebody's for most of the time all the same.
      expect(heldMs).toBeGreaterThan(600_000);
    },
  );
});

const fleetOf = (clock: Clock) =>
  new MemoryFleet({ clock, size: 2, bootMs: () => 1000, stopMs: () => 1000 });

describe('a fleet under a lease', () => {
  it('is commanded only while a command surely ends before the lease does', async () => {
    const { clock, store } = world();
    const { lease } = contender(store, clock, 'a');
    const fleet = leasedFleet(fleetOf(clock), lease, 10_000);
    await expect(fleet.start(['i-01'])).rejects.toMatchObject({ code: 'lease_not_held' });
    await clock.advance(1);
    expect(await fleet.start(['i-01'])).toEqual([{ id: 'i-01', state: 'pending' }]);
    await clock.advance(5000);
    await lease.release();
    await expect(fleet.stop(['i-01'])).rejects.toMatchObject({ code: 'lease_not_held' });
    expect(await fleet.describe()).toHaveLength(2);
  });

  it('is not commanded in the last seconds of a lease that cannot be renewed', async () => {
    const { clock, store } = world();
    const { lease } = contender(
      { ...unbound(store), put: once((...args) => store.put(...args)) },
      clock,
      'a',
    );
    const fleet = leasedFleet(fleetOf(clock), lease, 10_000);
    await clock.advance(16_000);
    expect(await fleet.start(['i-01'])).toMatchObject([{ id: 'i-01' }]);
    await clock.advance(2000);
    await expect(fleet.stop(['i-01'])).rejects.toMatchObject({ code: 'lease_not_held' });
    expect(lease.isHeldFor(0)).toBe(true);
  });
});

const unbound = (store: ObjectStore): LeaseStore => ({
  get: (...args) => store.get(...args),
  put: (...args) => store.put(...args),
  delete: (...args) => store.delete(...args),
  list: (...args) => store.list(...args),
});

async function versionsIn(store: ObjectStore): Promise<string[]> {
  const versions: string[] = [];
  for await (const { versionId } of store.list({ allVersions: true })) versions.push(versionId);
  return versions;
}

/** Works the first time only. */
function once(put: LeaseStore['put']): LeaseStore['put'] {
  let calls = 0;
  return (...args) => (++calls === 1 ? put(...args) : Promise.reject(new Error('cut')));
}
