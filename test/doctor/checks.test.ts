import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { identityOf } from '../../src/adapters/local/process-identity.ts';
import { CONTROLLER, openProcessRegistry } from '../../src/adapters/local/process-registry.ts';
import { dataFolderCheck, diskCheck } from '../../src/doctor/data-folder.ts';
import { leftoversCheck } from '../../src/doctor/leftovers.ts';
import { capacityCheck, openFilesCheck } from '../../src/doctor/limits.ts';
import { modelsCheck } from '../../src/doctor/models.ts';
import { nodeVersionCheck } from '../../src/doctor/node-version.ts';
import { portCheck } from '../../src/doctor/port.ts';
import { recognitionCheck } from '../../src/doctor/recognition.ts';
import { packageRoot } from '../../src/package-root.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';

let folder: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.folder;
  return temporary.remove;
});

describe('the doctor', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.9.9', 'failed'],
    ['18.20.0', 'failed'],
  ])('finds Node %s %s', async (version, status) => {
    expect(await nodeVersionCheck(version, '>=20.19').look()).toMatchObject({ status });
  });

  it('finds a model that is not what the manifest says, by name', async () => {
    const models = join(folder, 'models');
    cpSync(join(packageRoot, 'models'), models, { recursive: true });
    expect(await modelsCheck(models, 'mobilefacenet').look()).toMatchObject({ status: 'ok' });
    appendFileSync(join(models, 'mobilefacenet.onnx'), 'x');
    expect(await modelsCheck(models, 'mobilefacenet').look()).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(join(models, 'mobilefacenet.onnx')) as unknown,
    });
    rmSync(join(models, 'landmarks68.onnx'));
    await expect(modelsCheck(models, 'mobilefacenet').look()).rejects.toThrow(
      'landmarks68.onnx is missing: build it with `npm run models`.',
    );
  });

  it.each(['mobilefacenet', 'dlib'])(
    'recognises its built-in picture with %s',
    async (embedder) => {
      const check = recognitionCheck(join(packageRoot, 'models'), embedder);
      expect(await check.look()).toMatchObject({ status: 'ok' });
    },
  );

  it('says why recognition cannot even be tried', async () => {
    const check = recognitionCheck(join(folder, 'nowhere'), 'mobilefacenet');
    expect(await check.look()).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('manifest.json is missing') as unknown,
    });
  });

  it('tells a folder that can be written or made from one that cannot, and leaves no trace', async () => {
    expect(await dataFolderCheck(folder).look()).toMatchObject({ status: 'ok' });
    const absent = join(folder, 'not', 'there');
    expect(await dataFolderCheck(absent).look()).toMatchObject({ status: 'ok' });
    expect(readdirSync(folder)).toEqual([]);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await dataFolderCheck(file).look()).toMatchObject({ status: 'failed' });
  });

  it.each([
    [50e9, 'ok'],
    [1e9, 'warning'],
    [1e6, 'failed'],
  ])('finds %d free bytes %s', async (free, status) => {
    expect(await diskCheck(folder, () => free).look()).toMatchObject({ status });
  });

  it('finds a port free, or taken by another program', async () => {
    const other = createServer((_, response) => response.end('hello'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const service = identityOf(process.pid);
    const check = portCheck({ host: '127.0.0.1', port }, () => Promise.resolve(service));
    expect(await check.look()).toMatchObject({
      status: 'failed',
      message: `Port ${port} on 127.0.0.1 is already in use. Choose another one with --port or PORT.`,
    });
    other.closeAllConnections();
    other.close();
    await once(other, 'close');
    expect(await check.look()).toMatchObject({ status: 'ok' });
  });

  it.each([
    [Infinity, 'ok'],
    [20_000, 'ok'],
    [1024, 'warning'],
    [256, 'failed'],
  ])('finds a limit of %d open files %s', async (limit, status) => {
    expect(await openFilesCheck(limit).look()).toMatchObject({ status });
  });

  it.each([
    { instances: 2, cores: 2, memory: 4e9, status: 'ok' },
    { instances: 8, cores: 2, memory: 4e9, status: 'warning' },
    { instances: 19, cores: 32, memory: 4e9, status: 'failed' },
  ])('finds $instances instances on $cores cores $status', async (machine) => {
    const { instances, cores, memory, status } = machine;
    expect(await capacityCheck(instances, cores, memory).look()).toMatchObject({ status });
  });

  it('finds workers that no controller looks after, while they live', async () => {
    expect(await leftoversCheck(folder).look()).toMatchObject({ status: 'ok' });
    expect(readdirSync(folder)).toEqual([]);

    const processes = openProcessRegistry(folder);
    onTestFinished(() => processes.close());
    const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void worker.kill('SIGKILL'));
    const claim = (name: string, pid: number): void => {
      const identity = identityOf(pid);
      if (identity === undefined) throw new Error(`${pid} does not run.`);
      processes.claim(name, { ...identity, state: 'running', launchedAt: 0 });
    };
    claim('worker-1', worker.pid ?? 0);
    expect(await leftoversCheck(folder).look()).toMatchObject({
      status: 'warning',
      message: `worker-1 (process ${worker.pid}) run without a controller, as after a crash.`,
    });
    claim(CONTROLLER, process.pid);
    expect(await leftoversCheck(folder).look()).toMatchObject({ status: 'ok' });

    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await leftoversCheck(folder).look()).toMatchObject({
      message: `At work on the data folder: controller ${process.pid}, 0 workers.`,
    });
  });
});
