import { assign, setup } from 'xstate';

import type { Unversioned, WorkerEvent } from '../bus/events.ts';
import type { InstanceState } from '../bus/fleet.ts';
import { fractionOf } from '../bus/random.ts';
import { backoffMs, type BackoffLimits } from './backoff.ts';
import type { Beginning, Remembered } from './instance-beginning.ts';
import {
  isLate,
  isOtherLaunch,
  type Reading,
  relaunched,
  shown,
  UNKNOWN_LAUNCH,
} from './instance-launch.ts';
import type { InstanceTiming } from './instance-timing.ts';

/** Every event brings its time, so that the machine needs no clock to know what the time is. */
export type InstanceEvent =
  /** A start, or a stop, goes out to the provider. */
  | { type: 'START'; at: number }
  | { type: 'STOP'; at: number }
  /** The provider took the command. */
  | { type: 'ACCEPTED'; at: number }
  /** The provider refused the command, with its error code. */
  | { type: 'REFUSED'; at: number; code: string }
  /** The provider said what state the instance is in. */
  | ({ type: 'OBSERVED'; at: number } & Reading)
  | Unversioned<WorkerEvent>;

export type InstanceTag =
  | 'startable'
  | 'stoppable'
  /** Counts for the demand: pending or running. */
  | 'active'
  /** Counts for the cap: active, or not known to have stopped. */
  | 'counted'
  /** To be left alone. */
  | 'settling'
  /** The next reading decides, even one that shows nothing new. */
  | 'asking'
  | 'stuck';

export interface InstanceInput {
  readonly id: string;
  readonly at: number;
  readonly reading: Reading;
  readonly remembered: Remembered | undefined;
  readonly timing: InstanceTiming;
}

/** `since` is when it entered its EC2 state: its deadlines count from there. */
export interface InstanceContext extends Beginning {
  readonly id: string;
  readonly timing: InstanceTiming;
  /** The time when `since` was set. */
  readonly at: number;
  /** Starts, or lives, in a row that came to nothing. */
  readonly failures: number;
  /** No command before this time. */
  readonly retryAt: number;
  /** When its worker spoke last, by the worker's clock. */
  readonly heardAt: number;
  /** Request id of the photo that its worker has had in hand for longest. */
  readonly photo: string | undefined;
}

const FAILURE_BACKOFF: BackoffLimits = { firstMs: 2000, maxMs: 300_000 };

/** Whether an error code says nothing against the instance itself. */
export const isThrottling = (code: string): boolean =>
  code === 'RequestLimitExceeded' || code === 'Throttling';

/** Error codes that say that it is in another state than we believe. */
const MISBELIEVED = new Set(['IncorrectInstanceState', 'InvalidInstanceID.NotFound']);

/** The words that the instance's statechart is written in. */
export const instanceSetup = setup({
  types: {
    context: {} as InstanceContext,
    events: {} as InstanceEvent,
    input: {} as InstanceInput,
    tags: {} as InstanceTag,
  },
  delays: {
    settle: ({ context }) => remaining(context, context.timing.settleMs),
    stuck: ({ context }) => remaining(context, context.timing.stuckMs),
    boot: ({ context }) => context.timing.bootMs,
    silent: ({ context }) => context.timing.silentMs,
    photo: ({ context }) => context.timing.photoMs,
  },
  guards: {
    begins: ({ context }, { state }: { state: Beginning['begin'] }) => context.begin === state,
    readsPending: ({ event }) => reads(event, 'pending'),
    readsRunning: ({ event }) => reads(event, 'running'),
    readsStopping: ({ event }) => reads(event, 'stopping'),
    readsStopped: ({ event }) => reads(event, 'stopped'),
    readsShuttingDown: ({ event }) => reads(event, 'shutting-down'),
    readsTerminated: ({ event }) => reads(event, 'terminated'),
    isSameLaunch: ({ context, event }) =>
      event.type === 'OBSERVED' && !isOtherLaunch(event, context.launches),
    isLate: ({ context, event }, { believed }: { believed: InstanceState }) =>
      event.type === 'OBSERVED' && isLate(event, context.launches, believed),
    /** Providers that do not tell the launch of what is stopped cannot show that a start took. */
    isBeforeStart: ({ event }) =>
      (reads(event, 'stopped') || reads(event, 'stopping')) && event.launchedAt === undefined,
    mayStart: ({ context, event }) => mayStart(context, event.at),
    mayStop: ({ context, event }) => mayStop(context, event.at),
    isThrottled: ({ event }) => event.type === 'REFUSED' && isThrottling(event.code),
    isMisbelieved: ({ event }) => event.type === 'REFUSED' && MISBELIEVED.has(event.code),
    /** Queues deliver in no order: what was said before, but is heard only now, is no news. */
    isNews: ({ context, event }) => event.at >= context.heardAt,
    isSamePhoto: ({ context, event }) =>
      event.type === 'worker.busy' && event.photo === context.photo,
  },
  actions: {
    enter: assign(({ event }) => ('at' in event ? { since: event.at, at: event.at } : {})),
    relaunch: assign(({ context, event }) => ({
      launches: relaunched(context.launches),
      heardAt: event.at,
    })),
    noteLaunch: assign(({ context, event }) =>
      event.type === 'OBSERVED' ? { launches: shown(context.launches, event) } : {},
    ),
    trustAny: assign({ launches: UNKNOWN_LAUNCH }),
    hear: assign(({ event }) => ({
      heardAt: event.at,
      photo: event.type === 'worker.busy' ? event.photo : undefined,
    })),
    forgetPhoto: assign({ photo: undefined }),
    fail: assign(({ context }) => ({ failures: context.failures + 1 })),
    rest: assign(({ context: { id, failures }, event }) => {
      const fraction = fractionOf(`${id} ${failures}`);
      return { retryAt: event.at + backoffMs(failures, fraction, FAILURE_BACKOFF) };
    }),
    forgive: assign({ failures: 0, retryAt: 0 }),
  },
});

/** Whether an instance that is `startable` may be started now. */
export const mayStart = ({ retryAt }: InstanceContext, at: number): boolean => at >= retryAt;

/**
 * Whether an instance that is `stoppable` may be stopped now. What no reading has shown to run may
 * still be on its way there, for its provider.
 */
export const mayStop = ({ retryAt, launches }: InstanceContext, at: number): boolean =>
  at >= retryAt && launches.launchedAt !== undefined;

function reads(
  event: InstanceEvent,
  state: InstanceState,
): event is Extract<InstanceEvent, { type: 'OBSERVED' }> {
  return event.type === 'OBSERVED' && event.state === state;
}

/** What is left of a time that counts from `since`; all of it at most, should the clock have jumped. */
function remaining({ since, at }: InstanceContext, ms: number): number {
  return Math.min(Math.max(since + ms - at, 0), ms);
}
