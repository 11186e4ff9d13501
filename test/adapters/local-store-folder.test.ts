import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { type LocalStore, openLocalStore } from '../../src/adapters/local/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Clock } from '../../src/bus/clock.ts';
import { ChildProgram } from './child-program.ts';
import { keysOf, text, textOf } from './store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LARGE = 100_000;
const TWO_HOURS = 2 * 60 * 60;

const inTwoHours: Clock = { ...systemClock, now: () => Date.now() + TWO_HOURS * 1000 };

function leave(bodies: string, ...names: string[]): void {
  for (const name of names) writeFileSync(join(bodies, name), 'half a bo');
}

function folderForTest(): {
  open: (clock?: Clock) => Promise<LocalStore>;
  folder: string;
  bodies: string;
} {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  return {
    folder,
    bodies: join(folder, 'bucket', 'bodies'),
    open: (clock = systemClock) => openLocalStore({ folder, name: 'bucket', clock }),
  };
}

describe('the folder of a local store', () => {
  it('holds everything when it is opened again', async () => {
    const { open } = folderForTest();
    const before = await open();
    const { versionId } = await before.put('key', text('old'));
    await before.put('key', Buffer.alloc(LARGE, 'n'));
    await before.delete('gone', { allVersions: true });
    await before.close();
    const after = await open();
    onTestFinished(() => after.close());
    expect(await textOf(after, 'key')).toBe('n'.repeat(LARGE));
    expect(await textOf(after, 'key', versionId)).toBe('old');
    const again = await after.put('key', text('newer'));
    expect(again.versionId).not.toBe(versionId);
  });

  it('keeps several buckets apart', async () => {
    const { folder } = folderForTest();
    const [input, output] = await Promise.all(
      ['input', 'output'].map((name) => openLocalStore({ folder, name, clock: systemClock })),
    );
    await input?.put('photo.jpg', text('bytes'));
    await output?.put('photo.jpg', text('result'));
    await output?.purge();
    expect(input && (await textOf(input, 'photo.jpg'))).toBe('bytes');
    await Promise.all([input?.close(), output?.close()]);
  });

  it('has no file left of an erased object', async () => {
    const { open, bodies } = folderForTest();
    const store = await open();
    onTestFinished(() => store.close());
    for (const key of ['a', 'a', 'b', 'c']) await store.put(key, Buffer.alloc(LARGE, key));
    expect(readdirSync(bodies)).toHaveLength(4);
    await store.delete('a', { allVersions: true });
    expect(readdirSync(bodies)).toHaveLength(2);
    await store.purge();
    expect(readdirSync(bodies)).toEqual([]);
  });

  it('has no file left of a put that was refused', async () => {
    const { open, bodies } = folderForTest();
    const store = await open();
    onTestFinished(() => store.close());
    const refused = store.put('key', Buffer.alloc(LARGE), { ifMatch: 'another' });
    await expect(refused).rejects.toMatchObject({ code: 'precondition_failed' });
    expect(readdirSync(bodies)).toEqual([]);
  });

  it('is rid of files that dead writers left, but not of those on their way', async () => {
    const { open, bodies } = folderForTest();
    const before = await open();
    await before.put('kept', Buffer.alloc(LARGE, 'k'));
    await before.close();
    leave(bodies, 'left-behind', 'on-its-way');
    const recent = Date.now() / 1000 + TWO_HOURS - 60;
    utimesSync(join(bodies, 'on-its-way'), recent, recent);
    const after = await open(inTwoHours);
    onTestFinished(() => after.close());
    expect(readdirSync(bodies)).toHaveLength(2);
    expect(readdirSync(bodies)).toContain('on-its-way');
    expect(await textOf(after, 'kept')).toBe('k'.repeat(LARGE));
  });

  it('is searched for such files once an hour, however often it is opened', async () => {
    const { open, bodies } = folderForTest();
    await (await open(inTwoHours)).close();
    leave(bodies, 'left-behind');
    await (await open(inTwoHours)).close();
    expect(readdirSync(bodies)).toEqual(['left-behind']);
  });

  it('lets conditional writers of several processes lose no update', async () => {
    const { open, folder } = folderForTest();
    const store = await open();
    onTestFinished(() => store.close());
    await store.put('counter', text('0'));
    const TIMES = 25;
    const writers = [1, 2, 3].map(() =>
      ChildProgram.start('increment.js', folder, 'bucket', 'counter', TIMES),
    );
    await Promise.all(writers.map((writer) => writer.finish()));
    expect(await textOf(store, 'counter')).toBe(String(TIMES * writers.length));
    expect(await keysOf(store, { allVersions: true })).toHaveLength(TIMES * writers.length + 1);
  });

  it('shows what another process has written at once', async () => {
    const { open, folder } = folderForTest();
    const store = await open();
    onTestFinished(() => store.close());
    const writer = ChildProgram.start('overwrite.js', folder, 'bucket', 'gallery', 1000);
    await vi.waitFor(() => expect(writer.lines.length).toBeGreaterThan(3), { timeout: 20_000 });
    const acknowledged = writer.lines.at(-1);
    const etags: string[] = [];
    for await (const { etag } of store.list({ allVersions: true })) etags.push(etag);
    expect(etags).toContain(acknowledged);
    await writer.kill();
  });
});
