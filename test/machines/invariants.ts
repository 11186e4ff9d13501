import type { RecordedEvent } from '../../src/bus/events.ts';
import { ec2State } from '../../src/bus/fleet-view.ts';
import type { InstanceResult } from '../../src/bus/fleet.ts';
import type { Simulation } from '../../src/simulation/simulation.ts';

/** What an instance may be believed to be after what: EC2's life cycle, and what it skips unseen. */
const LEGAL: Readonly<Record<string, readonly string[]>> = {
  stopped: ['pending', 'running', 'stopping', 'shutting-down', 'terminated'],
  pending: ['running', 'stopping', 'stopped', 'shutting-down', 'terminated'],
  running: ['stopping', 'stopped', 'pending', 'shutting-down', 'terminated'],
  // Back to running: a stop that was refused, or never got there.
  stopping: ['stopped', 'running', 'pending', 'shutting-down', 'terminated'],
  'shutting-down': ['terminated'],
  terminated: [],
};

/** Whether an instance may be believed to be in a state right after another one; given by their paths. */
export function mayFollow(before: string, after: string): boolean {
  const [from, to] = [ec2State(before), ec2State(after)];
  return from === to || LEGAL[from]?.includes(to) === true;
}

/** A command whose answer is not known is outstanding for so long at most. */
const SETTLE_MS = 30_000;

/**
 * Watches a simulation from outside: every command against what the instance really is, every belief
 * against the life cycle, every decision against who is busy.
 */
export class InvariantWatch {
  readonly breaches: string[] = [];
  /** Every command that reached the fleet, in order: `start i-01`. */
  readonly commands: string[] = [];
  readonly #simulation: Simulation;
  readonly #believed = new Map<string, string>();
  readonly #outstanding = new Map<string, { call: string; since: number }>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#intercept('start', 'stopped');
    this.#intercept('stop', 'running');
    simulation.bus.subscribe((event) => this.#hear(event));
  }

  #intercept(call: 'start' | 'stop', from: string): void {
    const { fleet, clock } = this.#simulation;
    const original = fleet[call].bind(fleet);
    fleet[call] = async (ids) => {
      for (const id of ids) {
        this.commands.push(`${call} ${id}`);
        const state = fleet.stateOf(id);
        if (state !== undefined && state !== from) this.#breach(`${call} ${id}, which is ${state}`);
        const before = this.#outstanding.get(id);
        if (before?.call === call && clock.now() - before.since < SETTLE_MS) {
          this.#breach(`${call} ${id} again while nobody knows what became of the first`);
        }
        this.#outstanding.set(id, { call, since: clock.now() });
      }
      if (call === 'start') this.#checkCap(ids.length);
      const results: InstanceResult[] = await original(ids);
      for (const { id } of results) this.#outstanding.delete(id);
      return results;
    };
  }

  #hear(event: RecordedEvent): void {
    if (event.type === 'controller.decision') {
      for (const id of event.stop) this.#checkNotBusy(id, event.reason);
    }
    if (event.type === 'instance.transition') {
      this.#checkLegal(event.instance, ec2State(event.state));
    }
  }

  #checkLegal(id: string, state: string): void {
    const before = this.#believed.get(id);
    this.#believed.set(id, state);
    if (before === undefined || before === 'terminated' || mayFollow(before, state)) return;
    this.#breach(`${id} went from ${before} to ${state}`);
  }

  #checkNotBusy(id: string, reason: string): void {
    const { view } = this.#simulation;
    const state = view.instances.find((instance) => instance.id === id)?.state;
    if (state === 'running.busy' && !reason.includes('the cap is')) {
      this.#breach(`${id} is to stop though it is busy: ${reason}`);
    }
  }

  #checkCap(starting: number): void {
    const { limits } = this.#simulation;
    const active = activeOf(this.#simulation);
    if (active + starting > limits.max) {
      this.#breach(`start ${starting} with ${active} active and a cap of ${limits.max}`);
    }
  }

  #breach(what: string): void {
    this.breaches.push(`${this.#simulation.clock.now()} ms: ${what}`);
  }
}

/** How many instances are really pending or running. */
export const activeOf = ({ fleet }: Simulation): number =>
  fleet.ids.filter((id) => ['pending', 'running'].includes(fleet.stateOf(id) ?? '')).length;
