import { z } from 'zod';

import { MalformedMessageError } from './errors.ts';

/** Version of the events below; a reader refuses what it does not know. */
const VERSION = 1;

/** `at`: when it happened, in milliseconds since the Unix epoch. */
const event = { v: z.literal(VERSION), at: z.number() };

const ofWorker = {
  ...event,
  /** Id of the instance that the worker runs on. */
  instance: z.string(),
};

/** Photos that the worker has finished since it started. */
const done = z.number().int();

/**
 * What workers say of themselves. A worker that has nothing to say repeats its last `idle` or `busy`
 * every 60 s (`WORKER_HEARTBEAT_MS`), so that silence means something.
 */
export const workerEvent = z.discriminatedUnion('type', [
  /** It is up and takes photos from now on. */
  z.object({ ...ofWorker, type: z.literal('worker.ready') }),
  /** It has photos in hand; `photo` is the request id of the one it has had for longest. */
  z.object({ ...ofWorker, type: z.literal('worker.busy'), photo: z.string(), done }),
  z.object({ ...ofWorker, type: z.literal('worker.idle'), done }),
  /** It finishes what it has in hand and takes no more. */
  z.object({ ...ofWorker, type: z.literal('worker.draining') }),
  /**
   * Its process has ended, and with it the instance: told by the fleet that ran the process, never
   * by a worker. On EC2, where an instance outlives its worker, nobody tells it. `reason` is what it said
   * last, or how it ended; absent when it ended because it was told to.
   */
  z.object({ ...ofWorker, type: z.literal('worker.exited'), reason: z.string().optional() }),
]);

export const WORKER_HEARTBEAT_MS = 60_000;

const count = z.number().int();

/** What a scaling decision was made from: `ScalingInputs` of the policies. */
export const scalingInputs = z.object({
  visible: count,
  inFlight: count,
  running: count,
  pending: count,
  stopped: count,
  room: count,
  min: count,
  max: count,
});

/** What the controller decided to do, from what, and why. */
export const decisionEvent = z.object({
  ...event,
  type: z.literal('controller.decision'),
  policy: z.string(),
  /** Absent when there were no counts to decide from. */
  inputs: scalingInputs.optional(),
  /** Ids of the instances that are being started. */
  start: z.array(z.string()).readonly(),
  /** Ids of the instances that are being stopped. */
  stop: z.array(z.string()).readonly(),
  /** In words: `14 messages, 6 active: start 8 of 13 stopped`. */
  reason: z.string(),
});

/** A call of the controller's failed; it rests before it looks again. */
const failureEvent = z.object({
  ...event,
  type: z.literal('controller.failed'),
  step: z.enum(['observe', 'act']),
  message: z.string(),
  restMs: z.number(),
});

const transition = {
  ...event,
  /** The state it is in now, as a path: `running.idle`. */
  state: z.string(),
  /** Type of the event that brought it there. */
  cause: z.string(),
};

/** The controller believes something else of an instance. */
const instanceEvent = z.object({
  ...transition,
  type: z.literal('instance.transition'),
  instance: z.string(),
  /** When it entered the EC2 state that its state path begins with. */
  since: z.number(),
  /** When the provider launched it last, if a reading has shown that. */
  launchedAt: z.number().optional(),
  /** The launch before the one that no reading has shown yet. */
  lastLaunch: z.number().optional(),
});

/** Another actor took a transition. */
const actorEvent = z.object({
  ...transition,
  type: z.literal('actor.transition'),
  /** Id of its machine: `controller`, `worker`, … */
  machine: z.string(),
  actor: z.string(),
});

/** What the web tier took and answered from `since` to `at`, a second or less. */
const trafficEvent = z.object({
  ...event,
  type: z.literal('web.traffic'),
  /** In milliseconds since the Unix epoch. */
  since: z.number(),
  /** Photos that were queued. */
  arrived: count,
  /** Photos that a worker's answer came for, and how long those took, from their upload on. */
  answered: count,
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
});

export const busEvent = z.discriminatedUnion('type', [
  ...workerEvent.options,
  decisionEvent,
  failureEvent,
  instanceEvent,
  actorEvent,
  trafficEvent,
]);

/** `seq` numbers the events of one service without gaps, across its restarts. */
export const recordedEvent = busEvent.and(z.object({ seq: count }));

export type WorkerEvent = z.infer<typeof workerEvent>;
export type DecisionEvent = z.infer<typeof decisionEvent>;
export type InstanceEvent = z.infer<typeof instanceEvent>;
export type BusEvent = z.infer<typeof busEvent>;
export type RecordedEvent = z.infer<typeof recordedEvent>;

/** An event as its sender writes it, before it gets its version. */
export type Unversioned<E extends { v: number }> = E extends unknown ? Omit<E, 'v'> : never;

export const encodeWorkerEvent = (event: Unversioned<WorkerEvent>): string =>
  JSON.stringify({ v: VERSION, ...event });

/** @throws MalformedMessageError */
export function decodeWorkerEvent(json: unknown): WorkerEvent {
  const parsed = workerEvent.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new MalformedMessageError(
    `The worker event is malformed: ${z.prettifyError(parsed.error)}`,
  );
}
