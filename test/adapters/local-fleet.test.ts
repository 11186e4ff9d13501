import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LocalFleet } from '../../src/adapters/local/fleet.ts';
import { identityOf, isAlive, ownIdentity } from '../../src/adapters/local/process-identity.ts';
import {
  openProcessRegistry,
  type ProcessRegistry,
} from '../../src/adapters/local/process-registry.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { sleep } from '../../src/bus/clock.ts';
import { fleetContract, statesOf } from './fleet-contract.ts';

const OBEDIENT = 'setInterval(() => {}, 1000)';

let folder: string;
let registry: ProcessRegistry;
let clock: SteppedClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefleet-fleet-'));
  registry = openProcessRegistry(folder);
  clock = new SteppedClock(1_000_000);
});

afterEach(async () => {
  for (const id of ['a', 'b']) {
    const record = registry.get(id);
    if (record !== undefined) process.kill(record.pid, 'SIGKILL');
  }
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

function fleetOf(
  program: string,
  onExit?: (id: string, reason?: string) => void,
  onGone?: () => void,
): LocalFleet {
  return new LocalFleet({
    registry,
    clock,
    instanceIds: ['a', 'b'],
    command: () => [process.execPath, '-e', program],
    ...(onExit && { onExit }),
    ...(onGone && { onGone }),
  });
}

const stateOf = async (fleet: LocalFleet, id: string): Promise<string | undefined> =>
  (await fleet.describe()).find((instance) => instance.id === id)?.state;

describe('an instance of the local fleet', () => {
  it('is pending from its start until its worker registers as running', async () => {
    const fleet = fleetOf(OBEDIENT);
    expect(await fleet.start(['a'])).toEqual([{ id: 'a', state: 'pending' }]);
    expect(await fleet.describe()).toEqual([
      { id: 'a', state: 'pending', launchedAt: 1_000_000 },
      { id: 'b', state: 'stopped' },
    ]);

    registry.setState('a', registry.get('a') ?? ownIdentity(), 'running');
    expect(await stateOf(fleet, 'a')).toBe('running');
  });

  it('is stopped when its process has exited, and says so', async () => {
    const exited: string[] = [];
    const fleet = fleetOf(OBEDIENT, (id) => exited.push(id));
    await fleet.start(['a']);
    expect(await fleet.stop(['a'])).toEqual([{ id: 'a', state: 'stopping' }]);
    await vi.waitFor(async () => expect(await stateOf(fleet, 'a')).toBe('stopped'), 30_000);
    await vi.waitFor(() => expect(exited).toEqual(['a']));
  });

  it.each([
    ["fs.writeSync(3, 'The model is gone. '); process.exit(1)", 'The model is gone.'],
    ['process.exit(7)', 'it ended with code 7'],
    ["process.kill(process.pid, 'SIGKILL')", 'it was ended by SIGKILL'],
    ['process.exit(0)', undefined],
    ["process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", undefined],
  ])('tells why its process ended by itself: %s', async (program, reason) => {
    const exits: unknown[] = [];
    const fleet = fleetOf(program, (...exit) => exits.push(exit));
    await fleet.start(['a']);
    await vi.waitFor(() => expect(exits).toEqual([['a', reason]]), 10_000);
  });

  it('is missed when its process was killed, though another fleet had started it', async () => {
    await fleetOf(OBEDIENT).start(['a', 'b']);
    let gone = 0;
    const fleet = fleetOf(OBEDIENT, undefined, () => gone++);
    await fleet.describe();
    process.kill(registry.get('a')?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(async () => expect(await stateOf(fleet, 'a')).toBe('stopped'), 5000);
    expect(gone).toBe(1);
    await fleet.describe();
    expect(gone).toBe(1);
  });

  it('is stopping until its process has exited, and is killed after three minutes', async () => {
    const listening = join(folder, 'listening');
    const fleet = fleetOf(
      `process.on('SIGTERM', () => {}); fs.writeFileSync(${JSON.stringify(listening)}, ''); ${OBEDIENT}`,
    );
    await fleet.start(['a']);
    await vi.waitFor(() => expect(existsSync(listening)).toBe(true), 30_000);
    await fleet.stop(['a']);
    await clock.advance(179_000);
    expect(await stateOf(fleet, 'a')).toBe('stopping');
    await clock.advance(1000);
    await vi.waitFor(async () => expect(await stateOf(fleet, 'a')).toBe('stopped'), 30_000);
  });

  it('cannot be started twice, nor stopped when it is not running', async () => {
    const fleet = fleetOf(OBEDIENT);
    await fleet.start(['a']);
    const refused = { code: 'IncorrectInstanceState' };
    expect(await fleet.start(['a'])).toMatchObject([{ id: 'a', error: refused }]);
    expect(await fleet.stop(['b'])).toMatchObject([{ id: 'b', error: refused }]);
  });

  it('is found again by a fleet that was restarted', async () => {
    await fleetOf(OBEDIENT).start(['a']);
    const restarted = fleetOf(OBEDIENT);
    expect(await stateOf(restarted, 'a')).toBe('pending');
    await restarted.stop(['a']);
    await vi.waitFor(async () => expect(await stateOf(restarted, 'a')).toBe('stopped'), 30_000);
  });

  it('is not told twice to stop: a second SIGTERM would cut its photos off', async () => {
    const told = join(folder, 'told');
    const fleet = fleetOf(
      `process.on('SIGTERM', () => fs.appendFileSync(${JSON.stringify(told)}, 'x'));
       fs.writeFileSync(${JSON.stringify(told)}, ''); ${OBEDIENT}`,
    );
    await fleet.start(['a']);
    await vi.waitFor(() => expect(existsSync(told)).toBe(true), 30_000);
    expect(await fleet.stop(['a'])).toEqual([{ id: 'a', state: 'stopping' }]);
    await vi.waitFor(() => expect(readFileSync(told, 'utf8')).toBe('x'), 30_000);
    expect(await fleet.stop(['a'])).toEqual([{ id: 'a', state: 'stopping' }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readFileSync(told, 'utf8')).toBe('x');
  });

  it('belongs to the fleet as long as it runs, also when the pool has become smaller', async () => {
    await fleetOf(OBEDIENT).start(['b']);
    const smaller = new LocalFleet({
      registry,
      clock,
      instanceIds: ['a'],
      command: () => ['false'],
    });
    expect(await stateOf(smaller, 'b')).toBe('pending');
    await smaller.stop(['b']);
    await vi.waitFor(async () => expect(await stateOf(smaller, 'b')).toBeUndefined(), 30_000);
  });

  it('reports a program that cannot be started as a value', async () => {
    const fleet = new LocalFleet({
      registry,
      clock,
      instanceIds: ['a'],
      command: () => [join(folder, 'no-such-program')],
    });
    expect(await fleet.start(['a'])).toMatchObject([{ id: 'a', error: { code: 'spawn_failed' } }]);
  });
});

describe('the process registry', () => {
  const record = { state: 'running', launchedAt: 0 } as const;

  it('gives a name to one living process only', () => {
    const own = { ...ownIdentity(), ...record };
    const parent = identityOf(process.ppid);
    expect(parent).toBeDefined();
    expect(registry.claim('service', own)).toEqual(own);
    expect(registry.claim('service', { ...ownIdentity(), ...record, ...parent })).toEqual(own);
  });

  it('takes a name from a process that is dead, even when its number lives on', () => {
    const recycled = { pid: process.pid, startTime: 'another', ...record };
    expect(isAlive(recycled)).toBe(false);
    registry.claim('service', recycled);
    const own = { ...ownIdentity(), ...record };
    expect(registry.get('service')).toBeUndefined();
    expect(registry.claim('service', own)).toEqual(own);
  });

  it('does not release what another process holds', () => {
    const own = { ...ownIdentity(), ...record };
    registry.claim('service', own);
    registry.release('service', { pid: own.pid, startTime: 'another' });
    expect(registry.get('service')).toEqual(own);
    registry.release('service', own);
    expect(registry.get('service')).toBeUndefined();
  });
});

fleetContract(
  'local',
  async (size) => {
    const ids = Array.from({ length: size }, (_, index) => `worker-${index + 1}`);
    const own = await mkdtemp(join(tmpdir(), 'facefleet-fleet-'));
    const processes = openProcessRegistry(own);
    const fleet = new LocalFleet({
      registry: processes,
      clock: systemClock,
      instanceIds: ids,
      command: () => [process.execPath, '-e', OBEDIENT],
    });
    return {
      fleet,
      /** As workers do, registers those that have been started as running. */
      async settle() {
        for (const [id, { state, ...record }] of processes.instances()) {
          if (state === 'pending') processes.setState(id, record, 'running');
        }
        while ((await statesOf(fleet)).includes('stopping')) await sleep(systemClock, 20);
      },
      async close() {
        for (const { pid } of processes.instances().values()) process.kill(pid, 'SIGKILL');
        fleet.close();
        await processes.close();
        await rm(own, { recursive: true, force: true });
      },
    };
  },
  { knowsEveryId: true },
);
