import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { installServices, uninstallServices } from '../../src/systemd/install.ts';
import { filledIn, PARTS, serviceFiles, unitOf } from '../../src/systemd/services.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { systemdVersion } from './systemd.ts';

const RUN = { node: process.execPath, program: join(packageRoot, 'bin', 'facefleet.js') };

function folderForTest(): string {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  return folder;
}

describe('the units', () => {
  it.skipIf(systemdVersion === undefined)('are sound, as systemd-analyze says', async () => {
    const root = folderForTest();
    for (const { source, target } of serviceFiles(systemdVersion ?? 0)) {
      const text = readFileSync(join(packageRoot, 'deploy', 'systemd', source), 'utf8');
      await mkdir(dirname(join(root, target)), { recursive: true });
      await writeFile(join(root, target), filledIn(text, RUN));
    }
    const folder = join(root, 'etc/systemd/system');
    const units = PARTS.map((part) => join(folder, unitOf(part)));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...units], {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    const ours = stderr.split('\n').filter((line) => line.includes('facefleet'));
    expect({ status, stdout, ours }).toEqual({ status: 0, stdout: '', ours: [] });
  });

  it('write what crashes again and again less often where systemd can', () => {
    const [before, since] = [252, 254].map((version) => JSON.stringify(serviceFiles(version)));
    expect(before).not.toContain('20-backoff.conf');
    expect(since).toContain('20-backoff.conf');
  });

  it('run programs whatever their path is', () => {
    const run = { node: '/opt/n%o de/bin/node', program: '/opt/facefleet/bin/facefleet.js' };
    expect(filledIn('ExecStart=@node@ @program@ web', run)).toBe(
      'ExecStart="/opt/n%%o de/bin/node" /opt/facefleet/bin/facefleet.js web',
    );
  });
});

describe.skipIf(systemdVersion === undefined || process.getuid?.() !== 0)(
  'facefleet systemd, for an image',
  () => {
    it('writes the units, enables those that it is told to, and leaves no trace when told so', async () => {
      const root = folderForTest();
      await installServices(['worker'], { root }, RUN);
      const units = join(root, 'etc/systemd/system');
      expect(await readdir(join(units, 'multi-user.target.wants'))).toEqual([
        'facefleet-worker.service',
      ]);
      expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toMatch(/^facefleet:/m);
      const environment = join(root, 'etc/facefleet/environment');
      await writeFile(environment, 'FACEFLEET_NAME=mine\n');

      await installServices(['worker'], { root }, RUN);
      expect(await readFile(environment, 'utf8')).toBe('FACEFLEET_NAME=mine\n');

      await uninstallServices({ root });
      const left = await readdir(units, { recursive: true });
      expect(left.filter((name) => name.includes('facefleet'))).toEqual([]);
      expect(await readFile(environment, 'utf8')).toBe('FACEFLEET_NAME=mine\n');
      await uninstallServices({ root });
      await rm(root, { recursive: true });
    });

    it('refuses a program that the services would not see', async () => {
      const run = { ...RUN, program: '/home/somebody/facefleet/bin/facefleet.js' };
      await expect(installServices(['worker'], {}, run)).rejects.toMatchObject({
        code: 'program_out_of_reach',
        message: expect.stringContaining('/opt/facefleet') as string,
      });
    });
  },
);
