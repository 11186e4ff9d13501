import { fromPromise } from 'xstate';

import type { Clock } from '../bus/clock.ts';
import type { Fleet } from '../bus/fleet.ts';
import type { MessageQueue } from '../bus/queue.ts';
import type { CommandResults, Commands, Observation } from './controller-setup.ts';

export interface ControllerPorts {
  readonly clock: Clock;
  readonly fleet: Pick<Fleet, 'describe' | 'start' | 'stop'>;
  readonly requests: Pick<MessageQueue, 'depth'>;
}

/** The controller's steps on real ports: `controllerMachine.provide({ actors: controllerSteps(ports) })`. */
export function controllerSteps({ clock, fleet, requests }: ControllerPorts) {
  return {
    /** Counts may be missing for a while; without the instances there is nothing to decide about. */
    observe: fromPromise<Observation>(async () => {
      const [instances, depth] = await Promise.all([
        fleet.describe(),
        requests.depth().catch(() => undefined),
      ]);
      const at = clock.now();
      if (depth === undefined) return { at, instances };
      return { at, instances, counts: { visible: depth.visible, inFlight: depth.inFlight } };
    }),

    /** Stops first: what goes makes room. A call that fails leaves the other one's results valid. */
    act: fromPromise<CommandResults, Commands>(async ({ input: { start, stop } }) => {
      const calls = await Promise.allSettled([
        stop.length > 0 ? fleet.stop(stop) : [],
        start.length > 0 ? fleet.start(start) : [],
      ]);
      const results = calls.flatMap((call) => (call.status === 'fulfilled' ? call.value : []));
      const failure = calls.find((call) => call.status === 'rejected');
      return { at: clock.now(), results, ...(failure && { failure: String(failure.reason) }) };
    }),
  };
}
