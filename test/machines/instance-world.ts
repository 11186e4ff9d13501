import { type Actor, createActor } from 'xstate';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { InstanceEvent, InstanceInput } from '../../src/machines/instance-setup.ts';
import { INSTANCE_TIMING } from '../../src/machines/instance-timing.ts';
import { instanceMachine } from '../../src/machines/instance.ts';
import { statePath } from '../../src/machines/transitions.ts';

/** Any event of an instance, without its time. */
export type Timeless = InstanceEvent extends infer E
  ? E extends InstanceEvent
    ? Omit<E, 'at' | 'instance'>
    : never
  : never;

export const SECOND = 1000;
export const MINUTE = 60_000;

/** One instance actor on a stepped clock; events get the clock's time. */
export class InstanceWorld {
  readonly clock: SteppedClock;
  readonly actor: Actor<typeof instanceMachine>;

  constructor(input: Partial<InstanceInput> = {}, startAt = 1_000_000) {
    this.clock = new SteppedClock(startAt);
    this.actor = createActor(instanceMachine, {
      clock: this.clock,
      input: {
        id: 'i-1',
        at: startAt,
        reading: { state: 'stopped', launchedAt: 500_000 },
        remembered: undefined,
        timing: INSTANCE_TIMING,
        ...input,
      },
    }).start();
  }

  /** Sends events, all of them now. */
  send(...events: readonly Timeless[]): this {
    for (const event of events) {
      this.actor.send({ instance: 'i-1', ...event, at: this.clock.now() } as InstanceEvent);
    }
    return this;
  }

  get state(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  has(tag: Parameters<ReturnType<typeof this.actor.getSnapshot>['hasTag']>[0]): boolean {
    return this.actor.getSnapshot().hasTag(tag);
  }
}
