import { createActor } from 'xstate';

import type { EventBus } from '../bus/event-bus.ts';
import type { RecordedEvent, WorkerEvent } from '../bus/events.ts';
import type { ControllerInput } from './controller-setup.ts';
import { type ControllerPorts, controllerSteps } from './controller-steps.ts';
import { type ControllerRef, controllerMachine } from './controller.ts';
import type { FleetLimits } from './scaling/snapshot.ts';
import { publishTransitions } from './transitions.ts';

export interface ControllerOptions extends ControllerInput {
  readonly ports: ControllerPorts;
  /** Carries the workers' events to the controller, and everything that it decides and does. */
  readonly bus: Pick<EventBus, 'publish' | 'subscribe'>;
}

export interface Controller {
  readonly actor: ControllerRef;
  /** Tells it that there may be something to decide at once: a photo was queued. */
  wake(): void;
  setLimits(limits: FleetLimits): void;
  /** Ends it; the fleet stays as it is. */
  stop(): void;
}

/** Starts the controller on real ports, connected with the event bus. */
export function startController({ ports, bus, ...input }: ControllerOptions): Controller {
  const actor = createActor(controllerMachine.provide({ actors: controllerSteps(ports) }), {
    id: 'controller',
    input,
    clock: ports.clock,
    inspect: publishTransitions((event) => bus.publish(event)),
  });
  actor.on('*', (event) => bus.publish(event));
  const unsubscribe = bus.subscribe((event) => {
    if (isWorkerEvent(event)) actor.send(event);
  });
  actor.start();
  return {
    actor,
    wake: () => actor.send({ type: 'WAKE' }),
    setLimits: (limits) => actor.send({ type: 'SET_LIMITS', limits }),
    stop() {
      unsubscribe();
      actor.stop();
    },
  };
}

const isWorkerEvent = (event: RecordedEvent): event is RecordedEvent & WorkerEvent =>
  event.type.startsWith('worker.');
