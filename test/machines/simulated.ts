import type { DecisionEvent } from '../../src/bus/events.ts';
import { AWS, Simulation, type SimulationOptions } from '../../src/simulation/simulation.ts';
import { nothing } from '../../src/simulation/workload.ts';
import { InvariantWatch } from './invariants.ts';

/** A simulated fleet of 19 EC2 instances with nothing to do, and somebody who watches it. */
export function simulate(options: Partial<SimulationOptions> = {}) {
  const simulation = new Simulation({
    seed: 1,
    surroundings: AWS,
    pool: 19,
    policy: 'one-per-message',
    limits: { min: 0, max: 19 },
    workload: nothing,
    ...options,
  });
  const decisions: DecisionEvent[] = [];
  const reasons: string[] = [];
  const statesById = new Map<string, string[]>();
  simulation.bus.subscribe((event) => {
    if (event.type === 'controller.decision') {
      decisions.push(event);
      reasons.push(event.reason);
    }
    if (event.type !== 'instance.transition') return;
    statesById.set(event.instance, [...(statesById.get(event.instance) ?? []), event.state]);
  });
  return {
    simulation,
    watch: new InvariantWatch(simulation),
    /** All decisions so far. */
    decisions,
    /** The reasons of all decisions so far. */
    reasons,
    /** The states that an instance was believed to be in so far. */
    states: (id: string): readonly string[] => statesById.get(id) ?? [],
  };
}
