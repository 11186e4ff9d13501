import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs a shell command in a mount namespace of its own, where it may mount a small disk. */
function unshared(command: string) {
  return spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-c', command], {
    encoding: 'utf8',
  });
}

const canMount = unshared('mount -t tmpfs tmpfs /mnt').status === 0;

describe('on a full disk', () => {
  it.skipIf(!canMount)(
    'queue and store say so, keep what they acknowledged, and go on when there is room',
    () => {
      const { folder, remove } = temporaryFolder();
      onTestFinished(remove);
      const program = join(packageRoot, 'test', 'adapters', 'processes', 'fill-disk.js');
      const { stdout } = unshared(
        `mount -t tmpfs -o size=4m tmpfs ${folder} && ${process.execPath} ${program} ${folder}`,
      );
      const { sends, files, small, received, listed } = JSON.parse(stdout);
      for (const { code } of [sends, files, small]) expect(code).toBe('storage_full');
      expect(sends.count).toBeGreaterThan(0);
      expect(received).toBe(sends.count + 1);
      expect(listed).toBe(files.count + small.count + 1);
    },
  );
});
