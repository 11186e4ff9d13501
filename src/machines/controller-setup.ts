import {
  assign,
  type DoneActorEvent,
  emit,
  enqueueActions,
  type ErrorActorEvent,
  fromPromise,
  sendTo,
  setup,
} from 'xstate';

import type { PublishedEvent } from '../bus/event-bus.ts';
import type { Unversioned, WorkerEvent } from '../bus/events.ts';
import type { InstanceDescription, InstanceResult } from '../bus/fleet.ts';
import { fractionOf } from '../bus/random.ts';
import { backoffMs } from './backoff.ts';
import { decide, isSame } from './controller-decide.ts';
import { type InstanceRefs, isWorthTelling } from './controller-fleet.ts';
import type { ControllerTiming } from './controller-timing.ts';
import type { Remembered } from './instance-beginning.ts';
import { isThrottling } from './instance-setup.ts';
import type { InstanceTiming } from './instance-timing.ts';
import { instanceMachine } from './instance.ts';
import type { Policy } from './scaling/policy.ts';
import type { Demand, FleetLimits } from './scaling/snapshot.ts';

/** What one look at the world brought. */
export interface Observation {
  /** When it was complete. */
  readonly at: number;
  readonly instances: readonly InstanceDescription[];
  /** Absent when the queue could not be asked. */
  readonly counts?: Demand;
}

/** Ids of the instances to start and to stop. */
export interface Commands {
  readonly start: readonly string[];
  readonly stop: readonly string[];
}

/** What became of the commands. */
export interface CommandResults {
  readonly at: number;
  /** Of the calls that were answered; what the others did, nobody knows. */
  readonly results: readonly InstanceResult[];
  /** Why a call was not answered. */
  readonly failure?: string;
}

export type Decision = Extract<PublishedEvent, { type: 'controller.decision' }> & Commands;

export type ControllerEvent =
  /** Something happened that may call for a decision before the next tick. */
  | { type: 'WAKE' }
  | { type: 'SET_LIMITS'; limits: FleetLimits }
  /** From the controller to itself: the instances have heard what was observed. */
  | { type: 'TOLD'; at: number }
  | Unversioned<WorkerEvent>
  | DoneActorEvent
  | ErrorActorEvent;

export interface ControllerInput {
  readonly policy: Policy;
  readonly policyName: string;
  readonly limits: FleetLimits;
  readonly timing: ControllerTiming;
  readonly instanceTiming: InstanceTiming;
  /** Makes this controller's jitter its own. */
  readonly seed: string;
  /** The instances as an earlier controller left them, from its event log. */
  readonly remembered: readonly ({ readonly id: string } & Remembered)[];
}

export interface ControllerContext extends Omit<ControllerInput, 'remembered'> {
  readonly remembered: Readonly<Record<string, Remembered>>;
  readonly instances: InstanceRefs;
  /** The last counts there were, and when. */
  readonly counts: (Demand & { readonly at: number }) | undefined;
  readonly decision: Decision | undefined;
  /** Whether the last decision says anything that the one before did not. */
  readonly isNews: boolean;
  readonly isWoken: boolean;
  /** Rounds in a row that failed. */
  readonly failures: number;
}

/** The words that the controller's statechart is written in. */
export const controllerSetup = setup({
  types: {
    context: {} as ControllerContext,
    events: {} as ControllerEvent,
    input: {} as ControllerInput,
    emitted: {} as PublishedEvent,
  },
  actors: {
    /** Asks the fleet and the queue how they are. */
    observe: fromPromise<Observation>(unprovided),
    /** Gives the commands to the fleet: the starts in one call, the stops in another. */
    act: fromPromise<CommandResults, Commands>(unprovided),
    instance: instanceMachine,
  },
  delays: {
    tick: ({ context }) => context.timing.tickMs,
    gather: ({ context }) => context.timing.gatherMs,
    call: ({ context }) => context.timing.callMs,
    backoff: ({ context }) => restMs(context),
  },
  guards: {
    isWoken: ({ context }) => context.isWoken,
    /** A message more calls for nothing then. */
    isAtCap: ({ context: { decision } }) => decision?.inputs?.room === 0,
    /** What a worker said may call for a decision at once: there is less of the fleet, or less to do. */
    matters: ({ context: { counts }, event: { type } }) =>
      type === 'worker.exited' ||
      type === 'worker.draining' ||
      (type === 'worker.idle' && counts?.visible === 0),
    hasCommands: ({ context: { decision } }) =>
      decision !== undefined && decision.start.length + decision.stop.length > 0,
    wentWell: (_, { results, failure }: CommandResults) =>
      failure === undefined &&
      !results.some((result) => 'error' in result && isThrottling(result.error.code)),
  },
  actions: {
    /** Keeps the counts, if there are any; instances that are listed for the first time get an actor. */
    takeIn: assign(({ context, spawn }, { at, instances: readings, counts }: Observation) => {
      const noted = counts ? { counts: { ...counts, at } } : {};
      const arrived = readings
        .filter(({ id, state }) => state !== 'terminated' && !(id in context.instances))
        .map((reading) => {
          const { id } = reading;
          const remembered = context.remembered[id];
          const input = { id, at, reading, remembered, timing: context.instanceTiming };
          return [id, spawn('instance', { id, input })] as const;
        });
      if (arrived.length === 0) return noted;
      return {
        ...noted,
        instances: { ...context.instances, ...Object.fromEntries(arrived) },
        remembered: {},
      };
    }),
    /** Instances hear what was read of them; what is not listed any more is gone. */
    tell: enqueueActions(({ context, enqueue }, { at, instances: readings }: Observation) => {
      const listed = new Set<string>();
      for (const reading of readings) {
        const ref = context.instances[reading.id];
        listed.add(reading.id);
        if (ref && isWorthTelling(ref.getSnapshot(), reading)) {
          enqueue.sendTo(ref, { type: 'OBSERVED', at, ...reading });
        }
      }
      for (const [id, ref] of Object.entries(context.instances)) {
        if (!listed.has(id)) enqueue.sendTo(ref, { type: 'OBSERVED', at, state: 'terminated' });
      }
    }),
    /** Comes back only after the instances have dealt with what they were told. */
    tellSelf: sendTo(
      ({ self }) => self,
      (_, { at }: Observation) => ({ type: 'TOLD', at }) as const,
    ),
    decide: assign(({ context }, { at }: { at: number }) => {
      const decision = decide(context, at);
      return { decision, isNews: !isSame(decision, context.decision) };
    }),
    publishDecision: enqueueActions(({ context: { decision, isNews }, enqueue }) => {
      if (decision && isNews) enqueue.emit(decision);
    }),
    /** A command is believed before it goes out: whatever becomes of the call, it is not given twice. */
    command: enqueueActions(({ context: { decision, instances }, enqueue }) => {
      const at = decision?.at ?? 0;
      for (const id of decision?.start ?? []) {
        const ref = instances[id];
        if (ref) enqueue.sendTo(ref, { type: 'START', at });
      }
      for (const id of decision?.stop ?? []) {
        const ref = instances[id];
        if (ref) enqueue.sendTo(ref, { type: 'STOP', at });
      }
    }),
    tellResults: enqueueActions(({ context, enqueue }, { at, results }: CommandResults) => {
      for (const result of results) {
        const ref = context.instances[result.id];
        if (!ref) continue;
        if ('error' in result) {
          enqueue.sendTo(ref, { type: 'REFUSED', at, code: result.error.code });
        } else {
          enqueue.sendTo(ref, { type: 'ACCEPTED', at });
        }
      }
    }),
    passOn: enqueueActions(({ context, event, enqueue }) => {
      const ref = 'instance' in event ? context.instances[event.instance] : undefined;
      if (ref && 'instance' in event) enqueue.sendTo(ref, event);
    }),
    wake: assign({ isWoken: true }),
    calmDown: assign({ isWoken: false }),
    setLimits: assign((_, { limits }: { limits: FleetLimits }) => ({ limits })),
    /** An actor that ended, for good or by a fault of ours; what is still listed gets a new one. */
    dismiss: enqueueActions(({ context, enqueue }, { actorId }: { actorId: string }) => {
      const ref = context.instances[actorId];
      if (!ref) return;
      enqueue.stopChild(ref);
      const { [actorId]: _, ...instances } = context.instances;
      enqueue.assign({ instances });
    }),
    fail: assign({ failures: ({ context }) => context.failures + 1 }),
    recover: assign({ failures: 0 }),
    reportFailure: emit(
      ({ context }, { step, message }: { step: 'observe' | 'act'; message: string }) => ({
        type: 'controller.failed' as const,
        step,
        message,
        restMs: restMs(context),
      }),
    ),
  },
});

function unprovided(): never {
  throw new Error('This step is provided by controllerSteps().');
}

function restMs({ seed, failures, timing }: ControllerContext): number {
  return backoffMs(failures, fractionOf(`${seed} ${failures}`), timing.backoff);
}
