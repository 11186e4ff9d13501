import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, it, onTestFinished } from 'vitest';

import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { facefleet, PROGRAM, startService } from './service.ts';

it('facefleet doctor knows its own service from a stranger on the port', async () => {
  const { folder, remove } = temporaryFolder();
  const service = await startService('--data-dir', `${folder}/data`);
  onTestFinished(async () => {
    await service.stop();
    remove();
  });
  const { port } = new URL(service.url);
  const own = await facefleet('doctor', '--json', '--data-dir', `${folder}/data`, '--port', port);
  expect(own.code, own.stdout).toBe(0);
  expect(JSON.parse(own.stdout)).toContainEqual({
    check: 'port',
    status: 'ok',
    message: `The service of this data folder (process ${service.pid}) listens on 127.0.0.1:${port}.`,
  });

  // The service itself looks at the same, but the port, which answers; and at what it uses.
  const looked = await fetch(`${service.url}/v1/checks`);
  const { checks } = (await looked.json()) as { checks: { check: string; status: string }[] };
  expect(namesOf(checks)).toEqual([...namesOf(JSON.parse(own.stdout)), 'queues and buckets']);
  expect(checks.find(({ check }) => check === 'recognition')).toMatchObject({ status: 'ok' });

  const foreign = await facefleet('doctor', '--data-dir', `${folder}/other`, '--port', port);
  expect(foreign.code).toBe(1);
  expect(foreign.stdout).toMatch(
    new RegExp(
      `^failed +port +Port ${port} on 127\\.0\\.0\\.1 is already in use\\..*\\n +\\S`,
      'm',
    ),
  );
  expect(foreign.stdout.match(/^ok /gm)?.length).toBeGreaterThanOrEqual(6);
});

const namesOf = (findings: readonly { check: string }[]): string[] =>
  findings.map(({ check }) => check).filter((name) => name !== 'port');

it('facefleet doctor ends without a word when its reader has seen enough', async () => {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const line = '"$0" "$1" doctor --data-dir "$2" --port 0 | head -1';
  const { stdout, stderr } = await promisify(execFile)('sh', [
    '-c',
    line,
    process.execPath,
    PROGRAM,
    folder,
  ]);
  expect(stdout).toMatch(/^ok +Node\.js .*\n$/);
  expect(stderr).toBe('');
});
