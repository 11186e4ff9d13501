import { describe, expect, it } from 'vitest';

import { LOCAL, type Simulation } from '../../src/simulation/simulation.ts';
import { poisson } from '../../src/simulation/workload.ts';
import { MINUTE, SECOND } from './instance-world.ts';
import { activeOf } from './invariants.ts';
import { simulate } from './simulated.ts';

const HOUR = 60 * MINUTE;

/** The fault is over: everything is answered, and the fleet is back at its minimum. */
async function expectRecovery(simulation: Simulation, withinMs = 30 * MINUTE): Promise<void> {
  await simulation.run(withinMs);
  expect([simulation.work.unanswered, activeOf(simulation)]).toEqual([0, simulation.limits.min]);
}

/** The counts that the queue gives, while it gives any. */
function breakCounts(simulation: Simulation, depth: () => Promise<never>): () => void {
  const { requests } = simulation.work;
  const original = requests.depth;
  requests.depth = depth;
  return () => {
    requests.depth = original;
  };
}

const unavailable = (): Promise<never> => Promise.reject(new Error('The queue is unavailable.'));

/** Kills the controller at the nth event it publishes after a burst; starts it again 3 s later. */
async function killAt(nth: number, lagMs: number) {
  const world = simulate({ limits: { min: 0, max: 4 } });
  const { simulation } = world;
  simulation.fleet.faults.maxDescribeLagMs = lagMs;
  simulation.fleet.faults.describeLagMs = () => lagMs;
  await simulation.run(30 * SECOND);
  simulation.submit(9);
  let published = 0;
  simulation.bus.subscribe((event) => {
    if (!/^(actor|instance|controller)/.test(event.type) || ++published !== nth) return;
    simulation.killController();
    simulation.clock.setTimeout(() => simulation.startController(), 3 * SECOND);
  });
  await simulation.run(6 * MINUTE);
  return { ...world, published };
}

describe('counts of messages', () => {
  it('that never came cause no action', async () => {
    const { simulation, watch, reasons } = simulate();
    simulation.killController();
    const mend = breakCounts(simulation, unavailable);
    simulation.startController();
    simulation.submit(5);
    await simulation.run(10 * MINUTE);
    expect(watch.commands).toEqual([]);
    expect(reasons).toEqual(['no counts of messages yet: no action']);
    mend();
    await expectRecovery(simulation);
  });

  it('that are older than two minutes cause no action', async () => {
    const { simulation, watch, reasons } = simulate({ limits: { min: 1, max: 19 } });
    await simulation.run(2 * MINUTE);
    const mend = breakCounts(simulation, unavailable);
    simulation.fleet.kill('i-01');
    await simulation.run(MINUTE);
    expect(watch.commands).toEqual(['start i-01', 'start i-01']);
    await simulation.run(2 * MINUTE);
    simulation.fleet.kill('i-01');
    await simulation.run(5 * MINUTE);
    expect(watch.commands).toHaveLength(2);
    expect(reasons.at(-1)).toMatch(/^the counts are \d+ s old: no action$/);
    mend();
    await expectRecovery(simulation);
  });

  it('that never return to 0 keep one instance for each phantom, without flapping', async () => {
    const { simulation, watch } = simulate();
    const { depth } = simulation.work.requests;
    simulation.work.requests.depth = async () => {
      const { visible, inFlight, delayed } = await depth();
      return { visible, inFlight: inFlight + 2, delayed };
    };
    simulation.submit(5);
    await simulation.run(10 * MINUTE);
    const commands = watch.commands.length;
    await simulation.run(6 * HOUR);
    expect([activeOf(simulation), watch.commands.length]).toEqual([2, commands]);
    simulation.work.requests.depth = depth;
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });
});

describe('a fleet whose descriptions lag', () => {
  it.each([2, 8, 25])('by up to %i s is commanded no differently', async (seconds) => {
    const { simulation, watch } = simulate({ workload: poisson(0.2) });
    const { faults } = simulation.fleet;
    faults.maxDescribeLagMs = seconds * SECOND;
    let call = 0;
    faults.describeLagMs = () => (++call % 7) * ((seconds * SECOND) / 6);
    await simulation.run(2 * HOUR);
    expect(watch.breaches).toEqual([]);
    expect(simulation.work.unanswered).toBeLessThan(10);
  });
});

describe('an instance', () => {
  it('that stays pending for ever is reported, and another one does its work', async () => {
    const { simulation, watch, states } = simulate();
    simulation.fleet.faults.hold('i-01');
    simulation.submit(1);
    await simulation.run(15 * MINUTE);
    expect(states('i-01').at(-1)).toBe('pending.stuck');
    expect(simulation.work.unanswered).toBe(0);
    simulation.fleet.faults.release('i-01');
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that stays stopping for ever is reported, and is in nobody’s way', async () => {
    const { simulation, watch, states } = simulate();
    simulation.submit(1);
    await simulation.run(MINUTE);
    simulation.fleet.faults.hold('i-01');
    await simulation.run(15 * MINUTE);
    expect(states('i-01').at(-1)).toBe('stopping.stuck');
    simulation.submit(3);
    await simulation.run(5 * MINUTE);
    expect(simulation.work.unanswered).toBe(0);
    simulation.fleet.faults.release('i-01');
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that vanishes is forgotten, and replaced', async () => {
    const { simulation, watch, states } = simulate();
    simulation.submit(2);
    await simulation.run(10 * SECOND);
    simulation.fleet.vanish('i-01');
    await simulation.run(10 * SECOND);
    expect(states('i-01').at(-1)).toBe('terminated');
    expect(simulation.view.instances.map(({ id }) => id)).not.toContain('i-01');
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that somebody else stops, starts or terminates is simply seen', async () => {
    const { simulation, states } = simulate({ limits: { min: 3, max: 19 } });
    await simulation.run(2 * MINUTE);
    await simulation.fleet.stop(['i-01']);
    await simulation.fleet.terminate(['i-02']);
    await simulation.run(10 * MINUTE);
    expect(states('i-01')).toContain('stopping.underway');
    expect(states('i-02').at(-1)).toBe('terminated');
    expect(activeOf(simulation)).toBe(3);
    await simulation.fleet.start(['i-19']);
    await expectRecovery(simulation);
  });

  it('that joins the pool later is used', async () => {
    const { simulation, watch } = simulate({ pool: 0 });
    await simulation.fleet.launch(1);
    simulation.submit(1);
    await expectRecovery(simulation);
    simulation.submit(1);
    await expectRecovery(simulation);
    expect(watch.commands).toEqual(['stop i-01', 'start i-01', 'stop i-01']);
  });
});

describe('a command', () => {
  it('that is refused for one of many (no capacity) is given to another instance', async () => {
    const { simulation, watch } = simulate();
    simulation.fleet.faults.refuse('i-02', 'InsufficientInstanceCapacity');
    simulation.submit(4);
    await simulation.run(20 * SECOND);
    expect(activeOf(simulation)).toBe(4);
    expect(simulation.fleet.stateOf('i-05')).not.toBe('stopped');
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that nobody has capacity for is tried again, less and less often, and not forgotten', async () => {
    const { simulation, watch } = simulate();
    simulation.fleet.faults.capacity = 3;
    simulation.submit(60);
    await simulation.run(HOUR);
    const tries = watch.commands.filter((command) => command === 'start i-19').length;
    expect(tries).toBeLessThan(25);
    simulation.fleet.faults.capacity = Infinity;
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that is throttled for a minute is repeated with pauses, and nothing is lost', async () => {
    const { simulation, watch } = simulate();
    let calls = 0;
    const look = simulation.fleet.describe.bind(simulation.fleet);
    simulation.fleet.describe = () => {
      calls++;
      return look();
    };
    simulation.submit(4);
    simulation.fleet.faults.throttle(MINUTE);
    await simulation.run(MINUTE);
    expect(calls).toBeLessThan(10);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('to start that timed out but worked is not given again', async () => {
    const { simulation, watch } = simulate();
    simulation.fleet.faults.failNext('start', 'works, but its answer is lost');
    simulation.submit(2);
    await simulation.run(20 * SECOND);
    expect(watch.commands).toEqual(['start i-01', 'start i-02']);
    expect(activeOf(simulation)).toBe(2);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('to stop that timed out but worked is not given again, nor its place in the cap', async () => {
    const { simulation, watch } = simulate({ limits: { min: 0, max: 2 } });
    simulation.submit(2);
    await simulation.run(50 * SECOND);
    simulation.fleet.faults.failNext('stop', 'works, but its answer is lost', 'fails');
    await simulation.run(MINUTE);
    simulation.submit(9);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that is never answered does not keep the controller', async () => {
    const { simulation, watch } = simulate();
    simulation.fleet.faults.failNext('start', 'hangs');
    simulation.fleet.faults.failNext('describe', 'hangs', 'fails', 'hangs');
    simulation.submit(2);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });
});

describe('a worker', () => {
  it.each([true, false])(
    'that is killed while busy loses no photo (exit told: %s)',
    async (near) => {
      const { simulation, watch } = simulate(near ? { surroundings: LOCAL } : {});
      simulation.submit(8);
      await simulation.runUntil(() => simulation.work.answered === 1, HOUR);
      const busy = simulation.view.instances.filter(({ state }) => state === 'running.busy');
      for (const { id } of busy.slice(0, 2)) simulation.fleet.kill(id);
      await expectRecovery(simulation);
      expect(watch.breaches).toEqual([]);
    },
  );

  it('that hangs is found by its deadline and replaced', async () => {
    const { simulation, watch, states } = simulate({ limits: { min: 0, max: 1 } });
    simulation.submit(1);
    await simulation.runUntil(() => states('i-01').includes('running.busy'), HOUR);
    simulation.work.hang('i-01');
    simulation.submit(2);
    await simulation.run(5 * MINUTE);
    expect(states('i-01')).toContain('running.silent');
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that never says a word is found by its deadline and replaced', async () => {
    const { simulation, watch, reasons } = simulate({ limits: { min: 1, max: 2 } });
    await simulation.runUntil(() => activeOf(simulation) === 1, MINUTE);
    await simulation.runUntil(() => simulation.fleet.stateOf('i-01') === 'running', MINUTE);
    simulation.work.hang('i-01');
    await simulation.run(10 * MINUTE);
    expect(reasons.join('\n')).toContain('replace i-01, whose worker is silent');
    simulation.submit(3);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('that is told to go (SIGTERM) finishes the photo in its hands', async () => {
    const { simulation, watch } = simulate();
    simulation.submit(3);
    await simulation.runUntil(() => simulation.work.answered === 1, HOUR);
    const busy = simulation.view.instances.find(({ state }) => state === 'running.busy');
    await simulation.fleet.stop([busy?.id ?? '']);
    await simulation.run(20 * SECOND);
    expect(simulation.work.unanswered).toBe(0);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });

  it('cannot make a fleet stop for want of workers’ words alone: it is renewed one by one', async () => {
    const { simulation, watch } = simulate({ limits: { min: 6, max: 6 } });
    await simulation.run(2 * MINUTE);
    for (const id of simulation.fleet.ids) simulation.work.hang(id);
    const lowest = { active: 6 };
    simulation.bus.subscribe(() => {
      lowest.active = Math.min(lowest.active, activeOf(simulation));
    });
    await simulation.run(HOUR);
    expect(lowest.active).toBeGreaterThanOrEqual(5);
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });
});

describe('the controller', () => {
  it.each([0, 10 * SECOND, 25 * SECOND])(
    'that is killed at any step of its loop loses nothing (descriptions lag %i ms)',
    async (lagMs) => {
      let steps = 0;
      for (let nth = 1; nth <= 100; nth++) {
        const { simulation, watch, published } = await killAt(nth, lagMs);
        expect([nth, watch.breaches, simulation.work.unanswered, activeOf(simulation)]).toEqual([
          nth,
          [],
          0,
          0,
        ]);
        if (published >= nth) steps++;
      }
      expect(steps).toBe(100);
    },
  );

  it('that starts anew without any memory finds its fleet by looking', async () => {
    const { simulation, watch } = simulate();
    simulation.submit(60);
    await simulation.run(2 * MINUTE);
    simulation.killController();
    await simulation.run(MINUTE);
    simulation.startController();
    await expectRecovery(simulation);
    expect(watch.breaches).toEqual([]);
  });
});

describe('a clock', () => {
  it.each([HOUR, -HOUR])('that jumps by %i ms harms nobody', async (jump) => {
    const { simulation, watch } = simulate({ workload: poisson(0.1) });
    await simulation.run(10 * MINUTE);
    const now = simulation.clock.now.bind(simulation.clock);
    simulation.clock.now = () => now() + jump;
    await simulation.run(2 * HOUR);
    expect(simulation.work.unanswered).toBeLessThan(8);
    expect(watch.breaches).toEqual([]);
  });
});

describe('the cap', () => {
  it('that is lowered below what runs lets the idle go first, then the busy, once each', async () => {
    const { simulation, watch } = simulate();
    simulation.submit(600);
    await simulation.run(90 * SECOND);
    expect(activeOf(simulation)).toBe(19);
    simulation.setLimits({ min: 0, max: 4 });
    await simulation.run(10 * SECOND);
    expect(activeOf(simulation)).toBe(4);
    expect(watch.commands.filter((command) => command.startsWith('stop'))).toHaveLength(15);
    await expectRecovery(simulation);
  });
});

it('a pool of 0 instances leaves the messages where they are', async () => {
  const { simulation, reasons } = simulate({ pool: 0 });
  simulation.submit(1);
  await simulation.run(HOUR);
  expect(simulation.work.unanswered).toBe(1);
  expect(reasons.at(-1)).toBe('1 message, 0 active: none to start, none is stopped');
});
