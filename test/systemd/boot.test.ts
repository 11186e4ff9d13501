import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsStore } from '../../src/adapters/aws/store.ts';
import { readyKeyOf } from '../../src/bus/object-key.ts';
import { packageRoot } from '../../src/package-root.ts';
import { packCheckout } from '../../src/provision/package-upload.ts';
import { type Download, userData } from '../../src/provision/user-data.ts';
import { useMoto } from '../adapters/aws/environment.ts';
import { deploy } from '../aws-deployment.ts';
import { bootSystem, writeInto } from './throwaway-system.ts';

const exec = promisify(execFile);

const PATIENCE = { timeout: 120_000, interval: 500 };

/** It installs some hundred packages from the registry. */
describe.skipIf(process.env['FACEFLEET_BOOT'] === undefined)(
  'an instance at its first boot',
  () => {
    useMoto();

    it(
      'becomes a worker by its user data, and is one again after a crash',
      { timeout: 600_000 },
      async () => {
        await deploy('boot');
        const downloads = await startDownloads();
        const system = await bootSystem();
        onTestFinished(() => system.stop());
        const variables = [
          'AWS_REGION',
          'AWS_ENDPOINT_URL',
          'AWS_ACCESS_KEY_ID',
          'AWS_SECRET_ACCESS_KEY',
        ];
        const script = userData({
          environment: {
            ...Object.fromEntries(variables.map((name) => [name, process.env[name] ?? ''])),
            FACEFLEET_WORLD: 'aws',
            FACEFLEET_NAME: 'boot',
            FACEFLEET_INSTANCE_ID: 'i-boot',
          },
          install: { nodeVersion: process.version, ...downloads },
        });
        await writeInto(system, '/root/user-data', script);
        await system.run('rm -rf /opt/node /opt/facefleet && bash /root/user-data');

        const clients = openClients();
        onTestFinished(() => clients.destroy());
        const output = new AwsStore('boot-out-bucket', clients.s3);
        const isReady = async () => expect(await output.head(readyKeyOf('i-boot'))).toBeDefined();
        await vi.waitFor(isReady, PATIENCE);

        await output.delete(readyKeyOf('i-boot'), { allVersions: true });
        await system.run('systemctl kill --signal=KILL facefleet-worker');
        await vi.waitFor(isReady, PATIENCE);
        const shown = await system.run('systemctl show facefleet-worker -p NRestarts -p User');
        expect(shown.trim().split('\n').toSorted()).toEqual(['NRestarts=1', 'User=facefleet']);

        await system.run('systemctl stop facefleet-worker');
        const ended = await system.run(
          'systemctl show facefleet-worker -p Result -p ExecMainStatus',
        );
        expect(ended.trim().split('\n').toSorted()).toEqual(['ExecMainStatus=0', 'Result=success']);
        await system.run('facefleet systemd uninstall');
        expect(await system.run('ls /etc/systemd/system')).not.toContain('facefleet');
      },
    );
  },
);

/** Serves this machine's Node as nodejs.org does, this checkout, and its lock file. */
async function startDownloads(): Promise<{ nodeDist: string; package: Download; lock: Download }> {
  const name = `node-${process.version}-linux-${process.arch}`;
  const archive = await nodeArchive(name);
  const files = new Map([
    [`/dist/${process.version}/${name}.tar.gz`, archive],
    [
      `/dist/${process.version}/SHASUMS256.txt`,
      Buffer.from(`${sha256(archive)}  ${name}.tar.gz\n`),
    ],
    ['/package.tgz', await packCheckout()],
    ['/package-lock.json', await readFile(join(packageRoot, 'package-lock.json'))],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const download = (path: string): Download => ({
    url: `${url}${path}`,
    sha256: sha256(files.get(path) ?? Buffer.alloc(0)),
  });
  return {
    nodeDist: `${url}/dist`,
    package: download('/package.tgz'),
    lock: download('/package-lock.json'),
  };
}

async function nodeArchive(name: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'facefleet-node-'));
  try {
    const root = join(folder, name);
    const { stdout } = await exec('npm', ['root', '--global']);
    await mkdir(join(root, 'bin'), { recursive: true });
    await cp(process.execPath, join(root, 'bin/node'));
    await cp(join(stdout.trim(), 'npm'), join(root, 'lib/node_modules/npm'), { recursive: true });
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'bin/npm'));
    const file = join(folder, 'node.tar.gz');
    await exec('tar', ['-czf', file, '-C', dirname(root), name]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
