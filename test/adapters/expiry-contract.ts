import { describe, expect, it, onTestFinished } from 'vitest';

import type { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { ExpiringStore } from '../../src/bus/store.ts';
import { keysOf, text, textOf } from './store-contract.ts';

/** A bucket on a stepped clock, empty at first. */
export interface ExpiryHarness {
  readonly store: ExpiringStore;
  readonly clock: SteppedClock;
  readonly close: () => Promise<void>;
}

/** What becomes of old versions where no lifecycle rule of S3 sees to them. */
export function expiryContract(adapter: string, open: () => Promise<ExpiryHarness>): void {
  const bucketForTest = async (): Promise<ExpiryHarness> => {
    const harness = await open();
    onTestFinished(harness.close);
    return harness;
  };

  describe(`old versions on ${adapter}`, () => {
    it('are erased when they were replaced too long ago, whenever they were written', async () => {
      const { store, clock } = await bucketForTest();
      const first = await store.put('me.jpg', text('1'));
      await clock.advance(5000);
      const second = await store.put('me.jpg', Buffer.alloc(100_000));
      const replaced = clock.now();
      expect(await store.expireVersions(replaced)).toBe(0);
      await clock.advance(5000);
      await store.put('me.jpg', text('3'));
      expect(await store.expireVersions(replaced + 1)).toBe(1);
      expect(await store.head('me.jpg', first)).toBeUndefined();
      expect(await store.head('me.jpg', second)).toMatchObject({ size: 100_000 });
      expect(await textOf(store, 'me.jpg')).toBe('3');
      expect(await store.expireVersions(replaced + 1)).toBe(0);
    });

    it('never include the current one, however old', async () => {
      const { store, clock } = await bucketForTest();
      await store.put('a', text('1'));
      await store.put('b', text('2'));
      await clock.advance(1_000_000);
      expect(await store.expireVersions(clock.now())).toBe(0);
      expect(await keysOf(store)).toEqual(['a', 'b']);
    });

    it('of a deleted object go when it was deleted too long ago', async () => {
      const { store, clock } = await bucketForTest();
      const put = await store.put('gone', text('1'));
      await clock.advance(5000);
      await store.delete('gone');
      const deleted = clock.now();
      expect(await store.expireVersions(deleted)).toBe(0);
      expect(await textOf(store, 'gone', put.versionId)).toBe('1');
      expect(await store.expireVersions(deleted + 1)).toBe(1);
      expect(await keysOf(store, { allVersions: true })).toEqual([]);
      await store.put('gone', text('back'));
      expect(await textOf(store, 'gone')).toBe('back');
    });

    it('go though there are thousands of one object, and others around it', async () => {
      const { store, clock } = await bucketForTest();
      await store.put('before', text('kept'));
      await Promise.all(
        Array.from({ length: 1200 }, (_, i) => store.put('image.jpg', text(`${i}`))),
      );
      await store.put('behind', text('kept'));
      await clock.advance(5000);
      expect(await store.expireVersions(clock.now())).toBe(1199);
      expect(await keysOf(store, { allVersions: true })).toEqual(['before', 'behind', 'image.jpg']);
      expect(await textOf(store, 'image.jpg')).toBe('1199');
    });
  });
}
