import { z } from 'zod';

import { type BusEvent, decisionEvent, type InstanceEvent } from './events.ts';
import type { InstanceState } from './fleet.ts';

const instanceView = z.object({
  id: z.string(),
  /** State of its actor, as a path that begins with the EC2 state: `running.busy`. */
  state: z.string(),
  /** When it entered that EC2 state, in milliseconds since the Unix epoch. */
  since: z.number(),
  launchedAt: z.number().optional(),
  lastLaunch: z.number().optional(),
  /** Photos that its worker has finished since it started. */
  done: z.number().int(),
  /** How often, one time after the other, its worker ended by itself, and why it did last. */
  failure: z.object({ count: z.number().int(), at: z.number(), reason: z.string() }).optional(),
});

/** The fleet at one moment, as its events tell it. */
export const fleetView = z.object({
  at: z.number(),
  instances: z.array(instanceView),
  /** The last decision, with its number if it was recorded; null before the first. */
  decision: decisionEvent.extend({ seq: z.number().int().optional() }).nullable(),
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
      case 'instance.transition':
        this.#move(event);
        break;
      case 'worker.busy':
      case 'worker.idle':
        this.#change(event.instance, { done: event.done });
        break;
      case 'worker.ready':
        this.#change(event.instance, { done: 0, failure: undefined });
        break;
      case 'worker.exited':
        this.#exit(event);
        break;
      case 'worker.draining':
      case 'controller.failed':
      case 'actor.transition':
      case 'web.traffic':
        break;
    }
  }

  #move({ instance: id, state, since, launchedAt, lastLaunch }: InstanceEvent): void {
    if (ec2State(state) === 'terminated') {
      this.#instances.delete(id);
      return;
    }
    const before = this.#instances.get(id) ?? { done: 0 };
    this.#instances.set(id, { ...before, id, state, since, launchedAt, lastLaunch });
  }

  #exit({ instance, at, reason }: Extract<BusEvent, { type: 'worker.exited' }>): void {
    if (reason === undefined) return;
    const count = (this.#instances.get(instance)?.failure?.count ?? 0) + 1;
    this.#change(instance, { failure: { count, at, reason } });
  }

  #change(id: string, change: Pick<Partial<InstanceView>, 'done' | 'failure'>): void {
    const before = this.#instances.get(id);
    if (before) this.#instances.set(id, { ...before, ...change });
  }
}

/** The instances whose workers end by themselves, again and again, before they are ready. */
export const failingInstances = ({ instances }: Pick<FleetView, 'instances'>): InstanceView[] =>
  instances.filter(({ failure }) => failure !== undefined && failure.count > 1);

/** The EC2 state that an instance actor's state path begins with. */
export const ec2State = (path: string): InstanceState => path.split('.', 1)[0] as InstanceState;
