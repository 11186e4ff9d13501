import { expect, it } from 'vitest';

import type { Environment } from '../../src/adapters/local/environment.ts';
import { GroupCommit } from '../../src/adapters/local/group-commit.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('tells every caller that a commit failed, even when the disk cannot tell its free space', async () => {
  const { folder, remove } = temporaryFolder();
  const broken: Pick<Environment<null>, 'write'> = {
    write() {
      remove();
      throw new Error('EIO');
    },
  };
  const commits = new GroupCommit(broken as Environment<null>, folder);
  const both = await Promise.allSettled([commits.run(() => 1), commits.run(() => 2)]);
  const failed = { status: 'rejected', reason: new Error('EIO') };
  expect(both).toEqual([failed, failed]);
  await expect(commits.run(() => 3)).rejects.toThrow('ENOENT');
});
