import { expect, it } from 'vitest';

import type { Environment } from '../../src/adapters/local/environment.ts';
import { GroupCommit } from '../../src/adapters/local/group-commit.ts';

it('tells every caller that a commit failed, even when the disk cannot tell its free space', async () => {
  const broken: Pick<Environment<null>, 'write'> = {
    write() {
      throw new Error('EIO');
    },
  };
  const commits = new GroupCommit(broken as Environment<null>, '/no/such/folder');
  const both = await Promise.allSettled([commits.run(() => 1), commits.run(() => 2)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(commits.run(() => 3)).rejects.toThrow('ENOENT');
});
