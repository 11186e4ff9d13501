import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ownIdentity } from '../../src/adapters/local/process-identity.ts';
import {
  CONTROLLER,
  openProcessRegistry,
  type ProcessRegistry,
} from '../../src/adapters/local/process-registry.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { joinFleet, type Membership } from '../../src/roles/instance.ts';

const own = ownIdentity();
let folder: string;
let processes: ProcessRegistry;
let clock: SteppedClock;
let orphaned: number;
let membership: Membership;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefleet-member-'));
  processes = openProcessRegistry(folder);
  clock = new SteppedClock(0);
  orphaned = 0;
  processes.claim('worker-1', { ...own, state: 'pending', launchedAt: 0 });
  processes.claim(CONTROLLER, { ...own, state: 'running', launchedAt: 0 });
  membership = joinFleet({
    processes,
    clock,
    instanceId: 'worker-1',
    onOrphaned: () => orphaned++,
    log: { warn: () => undefined },
  });
});

afterEach(async () => {
  membership.leave();
  await processes.close();
  await rm(folder, { recursive: true, force: true });
});

const state = (): string | undefined => processes.get('worker-1')?.state;

describe('a worker as an instance of the fleet', () => {
  it('runs when it has joined, and is stopping when it says so', () => {
    expect(state()).toBe('running');
    membership.stopping();
    expect(state()).toBe('stopping');
  });

  it('drains when its controller has been gone for a minute', async () => {
    await clock.advance(600_000);
    expect(orphaned).toBe(0);
    processes.release(CONTROLLER, own);
    await clock.advance(55_000);
    expect(orphaned).toBe(0);
    await clock.advance(10_000);
    expect(orphaned).toBe(1);
    expect(state()).toBe('stopping');
  });

  it('stays when another controller takes over in time', async () => {
    processes.release(CONTROLLER, own);
    await clock.advance(50_000);
    processes.claim(CONTROLLER, { ...own, state: 'running', launchedAt: 0 });
    await clock.advance(600_000);
    expect(orphaned).toBe(0);
    expect(state()).toBe('running');
  });
});
