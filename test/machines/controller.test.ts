import { describe, expect, it } from 'vitest';

import { LOCAL } from '../../src/simulation/simulation.ts';
import { poisson, steady } from '../../src/simulation/workload.ts';
import { MINUTE, SECOND } from './instance-world.ts';
import { activeOf } from './invariants.ts';
import { simulate } from './simulated.ts';

const HOUR = 60 * MINUTE;

async function eventsOf(seed: number): Promise<string> {
  const { simulation } = simulate({ seed, workload: steady(700) });
  const events: unknown[] = [];
  simulation.bus.subscribe((event) => events.push(event));
  await simulation.run(10 * MINUTE);
  return JSON.stringify(events);
}

describe('the controller', () => {
  it('follows a burst from 0 instances to as many as messages and back to 0', async () => {
    const { simulation, decisions, watch } = simulate();
    simulation.submit(14);
    await simulation.run(10 * SECOND);
    expect(activeOf(simulation)).toBe(14);
    expect(decisions.map(({ reason }) => reason)).toContain(
      '14 messages, 0 active: start 14 of 19 stopped',
    );
    await simulation.run(5 * MINUTE);
    expect([simulation.work.answered, activeOf(simulation)]).toEqual([14, 0]);
    expect(watch.breaches).toEqual([]);
  });

  it('starts and stops every instance once for one burst', async () => {
    const { simulation, watch } = simulate();
    simulation.submit(5);
    await simulation.run(10 * MINUTE);
    expect(watch.commands.toSorted()).toEqual(
      ['start', 'stop'].flatMap((call) => [1, 2, 3, 4, 5].map((n) => `${call} i-0${n}`)),
    );
  });

  it('keeps up with a steady stream for two hours, within the cap', async () => {
    const { simulation, watch } = simulate({ workload: poisson(1) });
    await simulation.run(2 * HOUR);
    expect(simulation.work.unanswered).toBeLessThan(30);
    expect(simulation.work.answered).toBeGreaterThan(6500);
    expect(watch.breaches).toEqual([]);
  });

  it('starts nothing while the demand is steady and met', async () => {
    const { simulation, watch } = simulate({ limits: { min: 3, max: 19 } });
    await simulation.run(10 * MINUTE);
    const before = watch.commands.length;
    await simulation.run(HOUR);
    expect(watch.commands.length).toBe(before);
    expect(activeOf(simulation)).toBe(3);
  });

  it('looks again as soon as something happens that matters, when it is near', async () => {
    const { simulation } = simulate({ surroundings: LOCAL, limits: { min: 0, max: 2 } });
    await simulation.run(10 * SECOND + 200);
    simulation.submit(1);
    await simulation.run(50);
    expect(activeOf(simulation)).toBe(1);
  });

  it('does not look sooner for what comes while it is at its cap', async () => {
    const { simulation, decisions } = simulate({ surroundings: LOCAL, limits: { min: 2, max: 2 } });
    await simulation.run(10 * SECOND);
    simulation.submit(500);
    await simulation.run(200);
    const before = decisions.length;
    for (let count = 0; count < 20; count++) {
      simulation.submit(1);
      await simulation.run(50);
    }
    expect(decisions.length - before).toBeLessThanOrEqual(2);
  });

  it('brings a local fleet from 0 to 0 over a burst of 100, within 2 s of the last answer', async () => {
    const { simulation, watch } = simulate({ surroundings: LOCAL, limits: { min: 0, max: 2 } });
    simulation.submit(100);
    expect(await simulation.runUntil(() => simulation.work.unanswered === 0, MINUTE)).toBe(true);
    await simulation.run(2 * SECOND);
    expect(activeOf(simulation)).toBe(0);
    expect(watch.breaches).toEqual([]);
  });

  it('publishes a decision once, however often it comes to it', async () => {
    const { simulation, decisions } = simulate();
    await simulation.run(HOUR);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      policy: 'one-per-message',
      inputs: { visible: 0, inFlight: 0, running: 0, pending: 0, stopped: 19, room: 19 },
      start: [],
      stop: [],
      reason: '0 messages, 0 active: nothing to do',
    });
  });

  it('is the same to the last event from the same seed, and another one from another', async () => {
    const [first, second, other] = [await eventsOf(7), await eventsOf(7), await eventsOf(8)];
    expect(first).toBe(second);
    expect(first).not.toBe(other);
  });
});

describe('the literal policy', () => {
  it('starts more than it needs while instances boot, and never more than the cap', async () => {
    const { simulation, watch } = simulate({ policy: 'literal', limits: { min: 0, max: 12 } });
    simulation.submit(4);
    await simulation.run(15 * SECOND);
    expect(activeOf(simulation)).toBe(12);
    await simulation.run(10 * MINUTE);
    expect([simulation.work.answered, activeOf(simulation)]).toEqual([4, 0]);
    expect(watch.breaches).toEqual([]);
  });
});

describe('the limits', () => {
  it('hold from one moment to the next when the cap is lowered below what runs', async () => {
    const { simulation, decisions } = simulate();
    simulation.submit(2000);
    await simulation.run(2 * MINUTE);
    expect(activeOf(simulation)).toBe(19);
    simulation.setLimits({ min: 0, max: 7 });
    await simulation.run(10 * SECOND);
    expect(activeOf(simulation)).toBe(7);
    expect(decisions.at(-1)?.reason).toContain('the cap is 7');
    await simulation.run(HOUR);
    expect(simulation.work.unanswered).toBe(0);
  });

  it('keep the minimum alive from the start', async () => {
    const { simulation } = simulate({ limits: { min: 2, max: 19 } });
    await simulation.run(5 * MINUTE);
    expect(activeOf(simulation)).toBe(2);
  });

  it('are no trouble to a pool of no instances', async () => {
    const { simulation, decisions } = simulate({ pool: 0 });
    simulation.submit(3);
    await simulation.run(5 * MINUTE);
    expect(decisions.at(-1)?.reason).toBe('3 messages, 0 active: none to start, none is stopped');
  });
});
