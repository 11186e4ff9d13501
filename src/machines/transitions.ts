import type { AnyMachineSnapshot, InspectionEvent, StateValue } from 'xstate';

import type { PublishedEvent } from '../bus/event-bus.ts';
import { instanceMachine, type InstanceSnapshot } from './instance.ts';

/**
 * An inspector (`createActor(machine, { inspect })`) that publishes every transition of every machine
 * in the system that leads to another state.
 */
export function publishTransitions(
  publish: (event: PublishedEvent) => void,
): (event: InspectionEvent) => void {
  const states = new WeakMap<object, { value: StateValue; path: string }>();
  return (inspected) => {
    if (inspected.type !== '@xstate.snapshot' || !('machine' in inspected.snapshot)) return;
    const { actorRef, event } = inspected;
    const snapshot = inspected.snapshot as AnyMachineSnapshot;
    if (snapshot.status === 'stopped') return;
    const before = states.get(actorRef);
    if (before?.value === snapshot.value) return;
    const state = statePath(snapshot.value);
    states.set(actorRef, { value: snapshot.value, path: state });
    if (before?.path === state) return;
    const transition = { state, cause: event.type };
    if (snapshot.machine.id === instanceMachine.id) {
      const { id: instance, since, launches } = (snapshot as InstanceSnapshot).context;
      publish({ type: 'instance.transition', instance, since, ...launches, ...transition });
    } else {
      const machine = snapshot.machine.id;
      const actor = 'id' in actorRef ? String(actorRef.id) : machine;
      publish({ type: 'actor.transition', machine, actor, ...transition });
    }
  };
}

/** A state value as a path: `{ running: 'idle' }` is `running.idle`; parallel ones are joined by `+`. */
export function statePath(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([state, inner]) => (inner === undefined ? state : `${state}.${statePath(inner)}`))
    .join('+');
}
