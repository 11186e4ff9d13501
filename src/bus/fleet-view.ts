import { z } from 'zod';

import { type BusEvent, decisionEvent } from './events.ts';

const instanceView = z.object({
  id: z.string(),
  /** State of its actor, as a path that begins with the EC2 state: `running.busy`. */
  state: z.string(),
  /** When it entered that EC2 state, in milliseconds since the Unix epoch. */
  since: z.number(),
  /** Photos that its worker has finished since it started. */
  done: z.number().int(),
});

/** The fleet at one moment, as its events tell it. */
export const fleetView = z.object({
  at: z.number(),
  instances: z.array(instanceView),
  /** The last decision; null before the first. */
  decision: decisionEvent.nullable(),
});

export type InstanceView = z.infer<typeof instanceView>;
export type FleetView = z.infer<typeof fleetView>;

export const EMPTY_FLEET: FleetView = { at: 0, instances: [], decision: null };

/**
 * Follows the fleet from event to event. Reading a log is nothing else: the snapshot at the head of
 * a file, and the events since.
 */
export class FleetProjection {
  readonly #instances: Map<string, InstanceView>;
  #at: number;
  #decision: FleetView['decision'];

  constructor(start: FleetView = EMPTY_FLEET) {
    this.#instances = new Map(start.instances.map((instance) => [instance.id, instance]));
    this.#at = start.at;
    this.#decision = start.decision;
  }

  get view(): FleetView {
    return { at: this.#at, instances: [...this.#instances.values()], decision: this.#decision };
  }

  apply(event: BusEvent): void {
    this.#at = event.at;
    switch (event.type) {
      case 'controller.decision':
        this.#decision = event;
        break;
      case 'actor.transition':
        if (event.machine === 'instance') this.#move(event.actor, event.state, event.at);
        break;
      case 'worker.busy':
      case 'worker.idle':
        this.#setDone(event.instance, event.done);
        break;
      case 'worker.ready':
        this.#setDone(event.instance, 0);
        break;
      case 'worker.draining':
      case 'worker.exited':
      case 'controller.failed':
        break;
    }
  }

  #move(id: string, state: string, at: number): void {
    if (ec2State(state) === 'terminated') {
      this.#instances.delete(id);
      return;
    }
    const before = this.#instances.get(id);
    const since = before && ec2State(before.state) === ec2State(state) ? before.since : at;
    this.#instances.set(id, { id, state, since, done: before?.done ?? 0 });
  }

  #setDone(id: string, done: number): void {
    const before = this.#instances.get(id);
    if (before) this.#instances.set(id, { ...before, done });
  }
}

/** The EC2 state that an instance actor's state path begins with. */
export const ec2State = (path: string): string => path.split('.', 1)[0] ?? path;
