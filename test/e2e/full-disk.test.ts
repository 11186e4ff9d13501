import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { samplePhoto } from '../sample-photos.ts';
import { upload } from './service.ts';

const NAMESPACE = ['--mount', '--map-root-user', 'sh', '-c'];
const canMount = spawnSync('unshare', [...NAMESPACE, 'mount -t tmpfs tmpfs /mnt']).status === 0;

interface DiskService {
  readonly url: string;
  /** Runs a shell command where the small disk is mounted. */
  readonly onDisk: (command: string) => void;
}

/** A service whose data folder is a disk of its own. */
async function serviceOnDisk(folder: string, megabytes: number): Promise<DiskService> {
  const up = `exec ${process.execPath} ${join(packageRoot, 'bin', 'facefleet.js')} up --port 0 --data-dir ${folder}`;
  const child = spawn('unshare', [
    ...NAMESPACE,
    `mount -t tmpfs -o size=${megabytes}m tmpfs ${folder} && ${up}`,
  ]);
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  const [ready] = await once(child.stdout, 'data');
  return {
    url: /ready on (\S+)/.exec(String(ready))?.[1] ?? '',
    onDisk(command) {
      const target = ['--target', String(child.pid), '--mount', '--user', '--preserve-credentials'];
      const { status, stderr } = spawnSync('nsenter', [...target, 'sh', '-c', command]);
      expect(status, stderr.toString()).toBe(0);
    },
  };
}

it.skipIf(!canMount)(
  'a service whose disk is full refuses photos politely, and takes them when there is room',
  async () => {
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const { url, onDisk } = await serviceOnDisk(folder, 100);
    const photo = await samplePhoto(1);
    expect((await upload(url, { 'a.jpg': photo })).status).toBe(200);

    onDisk(`fallocate -l 80M ${folder}/filler`);
    const refused = await upload(url, { 'a.jpg': photo });
    expect(refused).toEqual({
      status: 503,
      text: 'error: storage_full: The server has no room left for photos. Send it again later.\n',
    });
    onDisk(`rm ${folder}/filler`);
    expect((await upload(url, { 'a.jpg': photo })).status).toBe(200);
  },
);
