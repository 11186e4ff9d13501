import { describe, expect, it } from 'vitest';

import { ServiceWork } from '../../src/simulation/service-work.ts';
import { steady } from '../../src/simulation/workload.ts';
import { MINUTE } from '../machines/instance-world.ts';
import { activeOf } from '../machines/invariants.ts';
import { simulate } from '../machines/simulated.ts';

const withEveryMachine = {
  work: (parts: ConstructorParameters<typeof ServiceWork>[0]) => new ServiceWork(parts),
};

describe('a fleet simulated with every machine of the service', () => {
  it('answers a burst and goes back to nothing', async () => {
    const { simulation, watch } = simulate(withEveryMachine);
    simulation.submit(14);
    await simulation.run(10 * MINUTE);
    expect([simulation.work.answered, simulation.work.unanswered]).toEqual([14, 0]);
    expect(activeOf(simulation)).toBe(0);
    expect(watch.breaches).toEqual([]);
  });

  it('keeps up with a photo a second', async () => {
    const { simulation, watch } = simulate({ ...withEveryMachine, workload: steady(1000) });
    await simulation.run(5 * MINUTE);
    expect(simulation.work.answered).toBeGreaterThan(280);
    expect(watch.breaches).toEqual([]);
  });

  it('loses no photo when an instance is killed while busy', async () => {
    const { simulation, watch } = simulate(withEveryMachine);
    simulation.submit(5);
    await simulation.runUntil(() => simulation.work.answered === 1, MINUTE);
    const busy = simulation.view.instances.find(({ state }) => state === 'running.busy');
    simulation.fleet.kill(busy?.id ?? '');
    await simulation.run(2 * MINUTE);
    expect([simulation.work.answered, simulation.work.unanswered]).toEqual([5, 0]);
    expect(watch.breaches).toEqual([]);
  });
});
