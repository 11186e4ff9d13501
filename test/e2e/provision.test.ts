import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { simulationAnswer } from '../moto-gaps.ts';
import { isMotoInstalled } from '../moto.ts';
import { type Account, countsOf, lookAt } from '../provision/account.ts';
import { isAction, useStage } from '../provision/stage.ts';
import { facefleet } from './service.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const FLEET = 'whole-fleet';
const NOTHING = { queues: 0, buckets: 0, roles: 0, profiles: 0, groups: 0, instances: 0 };

describe.skipIf(!isMotoInstalled)('from an empty account to a fleet, and back', () => {
  const stage = useStage();
  let provision: string[];
  beforeAll(() => {
    provision = ['provision', '--name', FLEET, '--image-id', stage.imageId, '--count', '2'];
  });
  afterEach(() => {
    Object.assign(stage, { quota: 1000, mishap: undefined });
  });

  it('shows what it would make and what that costs, and makes nothing', async () => {
    const { code, stdout, stderr } = await facefleet(...provision, '--dry-run');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`  make  queue ${FLEET}-req-queue\n`);
    expect(stdout).toContain('  make  2 instances, t3.small\n');
    expect(stdout).toMatch(/ {2}disks +\$\d+\.\d\d = 2 × \d+ GB × \$0\.08\n/);
    expect(stdout).toMatch(/Nothing was made/);
    expect(countsOf(await lookAt(FLEET))).toMatchObject(NOTHING);
  });

  it('makes nothing before it is told that it may', async () => {
    const { code, stderr } = await facefleet(...provision);
    expect(code).toBe(1);
    expect(stderr).toMatch(/say so with --yes\.\n$/);
    expect(countsOf(await lookAt(FLEET))).toMatchObject(NOTHING);
  });

  it('says in one sentence what went wrong, and which command is next', async () => {
    stage.quota = 1;
    const { code, stderr } = await facefleet(...provision, '--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^facefleet: The account's limit [^\n]+\nnext: aws service-quotas request-[^\n]+\n$/,
    );
    const missing = await facefleet('provision', '--name', FLEET, '--image-id', 'ami-1234');
    expect(missing.stderr).toMatch(
      /^facefleet: There is no image ami-1234 [^\n]+\nnext: facefleet bake [^\n]+\n$/,
    );
  });

  it('goes on after a kill -9 and comes to the same end twice', async () => {
    await killAfterLaunch();
    expect((await lookAt(FLEET)).instances).toMatchObject([{ state: 'running' }]);

    const ends: Account[] = [];
    for (const _ of ['once', 'again']) {
      const { code, stdout, stderr } = await facefleet(...provision, '--yes');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`The fleet ${FLEET} has all that it needs, and 2 instances.\n`);
      ends.push(await lookAt(FLEET));
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[0]?.instances).toMatchObject([{ state: 'stopped' }, { state: 'stopped' }]);
  });

  it('finds it well', async () => {
    stage.mishap = (call) => simulationAnswer(call, () => true);
    const { code, stdout } = await facefleet('doctor', '--name', FLEET);
    expect(code, stdout).toBe(0);
    expect(stdout.match(/^ok /gm)).toHaveLength(9);
  });

  it('lists what it deletes, asks, and leaves nothing', async () => {
    const asked = await facefleet('deprovision', '--name', FLEET);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/ {2}instances with their disks \(2\): i-\w+, i-\w+\n/);
    expect(asked.stderr).toContain('say so with --yes');
    expect(countsOf(await lookAt(FLEET))).toMatchObject({ instances: 2, queues: 4 });

    const { code, stdout, stderr } = await facefleet('deprovision', '--name', FLEET, '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Nothing of the fleet ${FLEET} is left.\n`);
    expect(countsOf(await lookAt(FLEET))).toMatchObject(NOTHING);
  });

  /** Kills `provision` with SIGKILL at its next call after it has launched its first instance. */
  async function killAfterLaunch(): Promise<void> {
    const program = join(packageRoot, 'bin', 'facefleet.js');
    const child = spawn(process.execPath, [program, ...provision, '--yes'], { stdio: 'ignore' });
    let isLaunched = false;
    stage.mishap = (call) => {
      if (isLaunched) child.kill('SIGKILL');
      isLaunched ||= isAction(call, 'RunInstances');
      return undefined;
    };
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    stage.mishap = undefined;
  }
});
