import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { BOOT_ID, folderOfBoot } from '../../src/adapters/local/boot.ts';
import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { temporaryFolder } from './temporary-folder.ts';

function emptyFolder(): string {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  return folder;
}

it('gives each boot a folder of its own and removes those of earlier ones', () => {
  const parent = emptyFolder();
  const first = folderOfBoot(parent, 'first');
  writeFileSync(join(first, 'file'), '');
  expect(folderOfBoot(parent, 'first')).toBe(first);
  expect(readdirSync(first)).toEqual(['file']);

  const second = folderOfBoot(parent, 'second');
  expect(readdirSync(parent)).toEqual(['boot-second']);
  expect(readdirSync(second)).toEqual([]);
});

// Elsewhere boots cannot be told apart, and everything is synced.
it.runIf(existsSync('/proc/sys/kernel/random/boot_id'))(
  'keeps replies for as long as the machine is up, and requests for good',
  async () => {
    const dataDir = emptyFolder();
    const world = await openLocalWorld(dataDir);
    await world.requests.send('a request');
    await world.replies.send('a reply');
    await world.close();

    const again = await openLocalWorld(dataDir);
    expect((await again.replies.depth()).visible).toBe(1);
    await again.close();

    folderOfBoot(join(dataDir, 'passing-queues'), 'another');
    const afterBoot = await openLocalWorld(dataDir);
    expect(readdirSync(join(dataDir, 'passing-queues'))).toEqual([`boot-${BOOT_ID}`]);
    expect((await afterBoot.requests.depth()).visible).toBe(1);
    expect((await afterBoot.replies.depth()).visible).toBe(0);
    await afterBoot.close();
  },
);
