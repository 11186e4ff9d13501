import { describe, expect, it } from 'vitest';

import { createAccess } from '../../src/access/access.ts';
import { KeyRing } from '../../src/access/key-ring.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';

function keyRing() {
  const clock = new SteppedClock(1_000_000);
  const bucket = new MemoryStore('gallery-bucket', clock);
  const ring = new KeyRing(bucket, clock);
  const access = createAccess({ adminKey: 'the admin key', keys: () => ring.keys() });
  return { clock, bucket, ring, access };
}

describe('the API keys', () => {
  it('are stored hashed, and told once', async () => {
    const { ring, bucket } = keyRing();
    const { key } = await ring.add({ name: 'door', roles: ['recognise'] });
    expect(key).toMatch(/^ff_[\da-f]{8}_[\w-]{32}$/);
    const { body } = await bucket.get('api-keys');
    expect(Buffer.from(body).toString()).not.toContain(key.slice(12));
    expect(await ring.keys()).toMatchObject([
      { name: 'door', roles: ['recognise'], createdAt: 1e6 },
    ]);
  });

  it('lose none when two are added at once, and have names of their own', async () => {
    const { ring, bucket, clock } = keyRing();
    const other = new KeyRing(bucket, clock);
    await Promise.all([
      ring.add({ name: 'one', roles: ['people'] }),
      other.add({ name: 'two', roles: ['people'] }),
    ]);
    expect(await ring.keys()).toHaveLength(2);
    const again = ring.add({ name: 'one', roles: ['people'] });
    await expect(again).rejects.toMatchObject({ code: 'key_name_taken' });
    await ring.revoke('one');
    await ring.add({ name: 'one', roles: ['people'] });
    await expect(ring.revoke('three')).rejects.toMatchObject({ code: 'key_unknown' });
  });

  it('that somebody else revokes are refused within two seconds', async () => {
    const { ring, access, bucket, clock } = keyRing();
    const { key, stored } = await ring.add({ name: 'door', roles: ['recognise'] });
    const { id } = stored;
    const caller = { kind: 'bearer', id, name: 'door', mayAct: true };
    expect(await access.caller(key, 'recognise')).toEqual(caller);
    await new KeyRing(bucket, clock).revoke(id);
    await clock.advance(2000);
    expect(await access.caller(key, 'recognise')).toEqual({ kind: 'wrong_key' });
  });

  it('that cannot be read once are read when they can', async () => {
    const { ring, bucket } = keyRing();
    const get = bucket.get.bind(bucket);
    bucket.get = () => Promise.reject(new Error('unreachable'));
    await expect(ring.keys()).rejects.toThrow('unreachable');
    bucket.get = get;
    expect(await ring.keys()).toEqual([]);
  });
});

describe('a role', () => {
  it.each([
    [['recognise'], [true, false, false]],
    [['people'], [false, true, false]],
    [
      ['recognise', 'people'],
      [true, true, false],
    ],
    [['admin'], [true, true, true]],
  ] as const)('is what a key of %j has', async (roles, expected) => {
    const { ring, access } = keyRing();
    const { key } = await ring.add({ name: 'a', roles: [...roles] });
    const may = async (role: 'recognise' | 'people' | 'admin') =>
      (await access.caller(key, role)) as { mayAct?: boolean };
    const told = [await may('recognise'), await may('people'), await may('admin')];
    expect(told.map(({ mayAct }) => mayAct)).toEqual(expected);
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect(await access.caller(wrong, 'recognise')).toEqual({ kind: 'wrong_key' });
  });

  it('needs a key for good once there was one', async () => {
    const { ring } = keyRing();
    const access = createAccess({ adminKey: undefined, keys: () => ring.keys() });
    const needs = async () => [
      await access.needsKey('recognise'),
      await access.needsKey('people'),
      await access.needsKey('admin'),
    ];
    expect(await needs()).toEqual([false, false, false]);
    await ring.add({ name: 'reception', roles: ['people'] });
    expect(await needs()).toEqual([false, true, true]);
    await ring.revoke('reception');
    expect(await needs()).toEqual([false, true, true]);
    await ring.add({ name: 'door', roles: ['recognise'] });
    expect(await needs()).toEqual([true, true, true]);
  });

  it('of the admin key is every one, and it leaves sending photos open', async () => {
    const { access } = keyRing();
    expect(await access.caller('the admin key', 'admin')).toMatchObject({ mayAct: true });
    expect(await access.needsKey('admin')).toBe(true);
    expect(await access.needsKey('recognise')).toBe(false);
  });
});
