import { expect, it, onTestFinished } from 'vitest';

import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { portraitsOf, writePeople } from '../portraits.ts';
import { facefleet } from './service.ts';

it('facefleet people lists who is enrolled, and erases somebody only when it is meant', async () => {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const data = ['--data-dir', `${folder}/data`];
  expect((await facefleet('people', ...data)).stdout).toBe(
    'Nobody is enrolled yet: facefleet enroll DIR\n',
  );
  const portraits = await portraitsOf(2);
  await writePeople(`${folder}/people`, portraits);
  await facefleet('enroll', `${folder}/people`, ...data);

  const { stdout } = await facefleet('people', ...data);
  expect(stdout).toMatch(/^NAME +PHOTOS +ID\nPerson 2\.1 +1 +[\da-f-]{36}\n/);
  const list = async (): Promise<unknown> =>
    JSON.parse((await facefleet('people', 'list', '--json', ...data)).stdout);
  expect(await list()).toMatchObject(portraits.map(({ name }) => ({ name, photos: 1 })));

  const asked = await facefleet('people', 'remove', 'Person 2.1', ...data);
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain('There is no terminal to ask on whether you mean it');
  expect(await list()).toHaveLength(portraits.length);

  const erased = await facefleet('people', 'remove', 'Person 2.1', 'Nobody', '--yes', ...data);
  expect(erased.stdout).toBe('Person 2.1 is erased.\n');
  expect(erased.code).toBe(1);
  expect(erased.stderr).toMatch(/^facefleet: The gallery knows nobody called "Nobody"\..*\n$/);
  expect(await list()).toMatchObject(portraits.slice(1).map(({ name }) => ({ name })));
}, 120_000);

it('facefleet keys makes keys, tells which there are, and revokes them', async () => {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const keys = (...args: string[]) => facefleet('keys', ...args, '--data-dir', folder);
  expect((await keys()).stdout).toMatch(/^There are no keys yet/);
  const added = await keys('add', 'door', '--role', 'recognise', '--role', 'people');
  expect(added.stdout).toMatch(/^ff_[\da-f]{8}_[\w-]{32}\n$/);
  expect((await keys('add', 'desk', '--role', 'boss')).stderr).toContain(
    'recognise, people, admin',
  );
  expect((await keys('revoke', 'door')).stdout).toBe('The key "door" is revoked.\n');
  const { stdout } = await keys('list', '--json');
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'door', roles: ['recognise', 'people'], revokedAt: expect.any(String) as unknown },
  ]);
}, 60_000);
