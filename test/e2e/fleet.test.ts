import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { identityOf } from '../../src/adapters/local/process-identity.ts';
import {
  openProcessRegistry,
  type ProcessRegistry,
} from '../../src/adapters/local/process-registry.ts';
import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { samplePhoto } from '../sample-photos.ts';
import { decisionsOf, eventsOf } from './event-log.ts';
import { facefleet, type Service, startService, upload } from './service.ts';

let root: string;
let photo: Uint8Array;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefleet-e2e-'));
  photo = await samplePhoto(1);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const services: Service[] = [];
const registries: ProcessRegistry[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await Promise.all(registries.splice(0).map((registry) => registry.close()));
});

let folders = 0;
function newWorld(): { dataDir: string; processes: ProcessRegistry } {
  const dataDir = join(root, `data-${++folders}`);
  const processes = openProcessRegistry(dataDir);
  registries.push(processes);
  return { dataDir, processes };
}

async function up(dataDir: string, ...args: string[]): Promise<Service> {
  const service = await startService('--data-dir', dataDir, '--max-instances', '2', ...args);
  services.push(service);
  return service;
}

type Answer = Awaited<ReturnType<typeof upload>>;

const burst = (url: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => upload(url, { [`${i}.jpg`]: photo })));

const rightAnswers = (count: number): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ status: 200, text: `${i}.jpg:unknown\n` }));

interface FleetAnswer {
  demand: { visible: number; inFlight: number };
  cap: number;
  instances: { id: string; state: string; busy: boolean; since: number; done: number }[];
  decision: { reason: string } | null;
}

async function fleetOf(url: string): Promise<FleetAnswer> {
  return (await (await fetch(`${url}/v1/fleet`)).json()) as FleetAnswer;
}

const statesOf = async (url: string): Promise<string[]> =>
  (await fleetOf(url)).instances.map(({ state }) => state);

const pidsOf = (processes: ProcessRegistry): (number | undefined)[] =>
  ['worker-1', 'worker-2'].map((name) => processes.get(name)?.pid);

/** Photos that arrived and were answered, by the event log. */
async function trafficOf(dataDir: string): Promise<[number, number]> {
  const traffic = (await eventsOf(dataDir)).filter((event) => event.type === 'web.traffic');
  return [
    traffic.reduce((sum, { arrived }) => sum + arrived, 0),
    traffic.reduce((sum, { answered }) => sum + answered, 0),
  ];
}

describe('the fleet of one machine', () => {
  it('grows from nothing with the queue, answers every photo, and goes back to nothing', async () => {
    const { dataDir, processes } = newWorld();
    const { url } = await up(dataDir);
    expect(await statesOf(url)).toEqual(['stopped', 'stopped']);
    expect(pidsOf(processes)).toEqual([undefined, undefined]);

    const answers = burst(url, 60);
    await vi.waitFor(async () => expect(await statesOf(url)).toEqual(['running', 'running']), {
      timeout: 30_000,
      interval: 50,
    });
    await vi.waitFor(
      async () => expect((await fleetOf(url)).instances.map(({ busy }) => busy)).toContain(true),
      { timeout: 30_000, interval: 50 },
    );
    expect(await answers).toEqual(rightAnswers(60));
    await vi.waitFor(() => expect(pidsOf(processes)).toEqual([undefined, undefined]), 30_000);

    await vi.waitFor(
      async () => expect(await statesOf(url)).toEqual(['stopped', 'stopped']),
      30_000,
    );
    const fleet = await fleetOf(url);
    expect(fleet).toMatchObject({ demand: { visible: 0, inFlight: 0 }, cap: 2 });
    const decisions = await decisionsOf(dataDir);
    expect(decisions.flatMap(({ start }) => start).toSorted()).toEqual(['worker-1', 'worker-2']);
    expect(decisions.flatMap(({ stop }) => stop).toSorted()).toEqual(['worker-1', 'worker-2']);
    expect(decisions.at(0)?.reason).toMatch(/^\d+ messages?, 0 active: start [12] of 2 stopped/);
    expect(decisions.at(-1)?.reason).toMatch(/^0 messages, \d active: stop \d/);
    await vi.waitFor(async () => expect(await trafficOf(dataDir)).toEqual([60, 60]), 30_000);
  }, 120_000);

  it('replaces a worker that is killed under load, and answers every photo', async () => {
    const { dataDir, processes } = newWorld();
    const { url } = await up(dataDir, '--visibility-timeout', '2', '--min-instances', '2');
    const answers = burst(url, 40);
    await vi.waitFor(async () => expect(await statesOf(url)).toEqual(['running', 'running']), {
      timeout: 30_000,
      interval: 50,
    });
    const [victim = 0] = pidsOf(processes);
    process.kill(victim, 'SIGKILL');
    expect(await answers).toEqual(rightAnswers(40));
    await vi.waitFor(() => expect(processes.get('worker-1')?.state).toBe('running'), {
      timeout: 30_000,
      interval: 50,
    });
    expect(processes.get('worker-1')?.pid).not.toBe(victim);

    const events = await eventsOf(dataDir);
    const states = events.flatMap((event) =>
      event.type === 'instance.transition' && event.instance === 'worker-1' ? event.state : [],
    );
    expect(states.slice(states.findIndex((state) => state.startsWith('running')))).toContain(
      'stopped',
    );
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  }, 120_000);

  it('finishes what was queued when everything was killed, and goes on with its event log', async () => {
    const { dataDir, processes } = newWorld();
    const killed = await startService('--data-dir', dataDir, '--visibility-timeout', '2');
    const answers = burst(killed.url, 20).catch(() => 'the connection is lost');
    await vi.waitFor(() => expect(processes.get('worker-1')?.state).toBe('running'), {
      timeout: 30_000,
      interval: 10,
    });
    // The workers first, so that none of them empties the queue in the meantime.
    for (const pid of pidsOf(processes)) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await killed.kill();
    expect(await answers).toBe('the connection is lost');

    const world = await openLocalWorld(dataDir);
    const { visible, inFlight } = await world.requests.depth();
    expect(visible + inFlight).toBeGreaterThan(0);
    await up(dataDir, '--visibility-timeout', '2');
    await vi.waitFor(
      async () =>
        expect(await world.requests.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 }),
      { timeout: 30_000, interval: 100 },
    );
    await world.close();
    await vi.waitFor(() => expect(pidsOf(processes)).toEqual([undefined, undefined]), 30_000);
    const events = await eventsOf(dataDir);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  }, 120_000);

  it('stops instances that an earlier service with a higher cap left running', async () => {
    const { dataDir, processes } = newWorld();
    const minimum = ['--min-instances', '2'];
    const before = await startService('--data-dir', dataDir, '--max-instances', '2', ...minimum);
    await vi.waitFor(
      () => {
        expect(processes.get('worker-1')?.state).toBe('running');
        expect(processes.get('worker-2')?.state).toBe('running');
      },
      { timeout: 30_000, interval: 50 },
    );
    const pids = pidsOf(processes);
    await before.kill();

    await up(dataDir, '--max-instances', '1', '--min-instances', '1');
    await vi.waitFor(
      () => expect(pidsOf(processes).filter((pid) => pid !== undefined)).toHaveLength(1),
      { timeout: 30_000, interval: 50 },
    );
    expect(pids).toContain(pidsOf(processes).find((pid) => pid !== undefined));
    const [decision] = await decisionsOf(dataDir).then((all) => all.slice(-1));
    expect(decision?.stop).toHaveLength(1);
  }, 120_000);

  it('keeps its minimum, and leaves neither process nor open stream when the service stops', async () => {
    const { dataDir, processes } = newWorld();
    const service = await up(dataDir, '--min-instances', '1');
    await vi.waitFor(() => expect(processes.get('worker-1')?.state).toBe('running'), 30_000);
    const pid = processes.get('worker-1')?.pid ?? 0;
    const follower = await fetch(`${service.url}/v1/fleet/events`);
    expect((await service.stop()).code).toBe(0);
    expect(await follower.text()).toContain('event: snapshot');
    expect(identityOf(pid)).toBeUndefined();
    const moves = (await eventsOf(dataDir)).filter(({ type }) => type === 'instance.transition');
    expect(moves.at(-1)).toMatchObject({ instance: 'worker-1', state: 'stopped' });
  });
});

describe('facefleet controller', () => {
  it('is refused, in one sentence, while another one scales the fleet', async () => {
    const { dataDir } = newWorld();
    const { pid } = await up(dataDir);
    const { code, stderr } = await facefleet('controller', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(stderr).toContain(`facefleet: Another controller (process ${pid}) scales the fleet`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a minimum above the maximum', async () => {
    const { dataDir } = newWorld();
    const args = ['--data-dir', dataDir, '--min-instances', '3', '--max-instances', '2'];
    const { code, stderr } = await facefleet('controller', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain('Set --min-instances no higher than --max-instances.');
  });
});

describe('facefleet fleet', () => {
  it('shows the instances as a table and as JSON', async () => {
    const { dataDir } = newWorld();
    const { url } = await up(dataDir);
    expect(await upload(url, { '0.jpg': photo })).toEqual(rightAnswers(1)[0]);

    const table = await facefleet('fleet', '--url', url);
    expect(table.stdout).toMatch(/INSTANCE +STATE +WORKER +SINCE +PHOTOS/);
    expect(table.stdout).toMatch(/^worker-1 +\w+ .*$/m);
    const { stdout } = await facefleet('fleet', '--json', '--url', url);
    expect(JSON.parse(stdout)).toMatchObject({ cap: 2, instances: [{ id: 'worker-1' }, {}] });
  });

  it('says in one sentence that no service answers', async () => {
    const { code, stderr } = await facefleet('fleet', '--url', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^facefleet: No service answers on http:\/\/127\.0\.0\.1:9\..*\n$/);
  });
});
