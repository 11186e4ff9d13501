import {
  assign,
  emit,
  type ErrorActorEvent,
  type EventObject,
  fromCallback,
  fromPromise,
  setup,
} from 'xstate';

import type { DecodedPhoto } from '../bus/decoded-photo.ts';
import { PhotoRejectedError } from '../bus/errors.ts';
import type { Outcome, RecognitionRequest } from '../bus/messages.ts';
import type { Message } from '../bus/queue.ts';

/** A message in the worker's hands and what it asks for. */
export interface Job {
  readonly message: Message;
  readonly request: RecognitionRequest;
}

/** What the world around may want to know; the process passes it on. */
export type WorkerEmitted =
  | { type: 'busy'; requestId: string }
  | { type: 'idle' }
  | { type: 'draining' }
  | {
      type: 'failed';
      step: string;
      error: unknown;
      receiveCount: number;
      /** Absent when none is in hand, or when it cannot be read. */
      requestId?: string;
      messageId?: string;
    };

export type WorkerEvent =
  | { type: 'RECEIVED'; job: Job }
  | { type: 'RECEIVED_NOTHING' }
  /** A message that is no request. */
  | { type: 'RECEIVED_UNREADABLE'; message: Message; error: unknown }
  | { type: 'RECEIVE_FAILED'; error: unknown }
  /** Finish the photo in hand, take no more. */
  | { type: 'DRAIN' }
  /** The message belongs to somebody else now. */
  | { type: 'LOST' }
  /** The photo took longer than a message may be hidden. */
  | { type: 'HUNG' }
  /** A step failed; `actorId` is its name. */
  | ErrorActorEvent;

interface WorkerContext {
  readonly draining: boolean;
  readonly message: Message | undefined;
  readonly job: Job | undefined;
  readonly decoded: DecodedPhoto | undefined;
  /** What is to be answered. */
  readonly outcome: Outcome | undefined;
  readonly maxReceiveCount: number;
}

export const EMPTY_HANDED = {
  message: undefined,
  job: undefined,
  decoded: undefined,
  outcome: undefined,
} satisfies Partial<WorkerContext>;

export interface WorkerInput {
  /** The request queue's: on the last permitted receipt a failure is answered, not retried. */
  readonly maxReceiveCount: number;
}

/** How the worker ended; `hung` means that its process should not be trusted with more photos. */
export interface WorkerOutput {
  readonly reason: 'drained' | 'hung';
}

/** How long a photo may keep its message hidden in all, in seconds: one that hangs has to come back. */
export const MAX_HIDDEN_SECONDS = 150;

/** How long to rest after a receive that failed. */
const RECEIVE_RETRY_MS = 1000;

/** What the worker machine is made of: its types, and its steps, actions and guards by name. */
export const workerSetup = setup({
  types: {
    context: {} as WorkerContext,
    events: {} as WorkerEvent,
    input: {} as WorkerInput,
    output: {} as WorkerOutput,
    emitted: {} as WorkerEmitted,
  },
  actors: {
    /** Long-polls for one message; STOP ends the poll early. Answers RECEIVED… or RECEIVE_FAILED. */
    receive: fromCallback<{ type: 'STOP' }>(unprovided),
    /** Keeps the message hidden while it is worked on. Answers LOST or HUNG when it no longer can. */
    keepHidden: fromCallback<EventObject, { receiptHandle: string }>(unprovided),
    decode: fromPromise<DecodedPhoto, Job>(unprovided),
    /** Stores the photo in the input bucket, and finds the faces meanwhile. */
    identify: fromPromise<Outcome, { job: Job; decoded: DecodedPhoto }>(unprovided),
    reply: fromPromise<void, { job: Job; outcome: Outcome }>(unprovided),
    storeResult: fromPromise<void, { job: Job; outcome: Outcome }>(unprovided),
    deleteMessage: fromPromise<void, Message>(unprovided),
    /** Makes the message visible again after a pause that grows with its receive count. */
    release: fromPromise<void, Message>(unprovided),
  },
  delays: { receiveRetry: RECEIVE_RETRY_MS },
  guards: {
    isRejected: ({ event }) => 'error' in event && event.error instanceof PhotoRejectedError,
    isDraining: ({ context }) => context.draining,
    isLastChance: ({ context: { job, outcome, maxReceiveCount } }) =>
      job !== undefined && outcome === undefined && job.message.receiveCount >= maxReceiveCount,
  },
  actions: {
    drain: assign({ draining: true }),
    announceDraining: emit({ type: 'draining' }),
    announceIdle: emit({ type: 'idle' }),
    reportFailure: emit(
      ({ context }, { step, error }: { step: string; error: unknown }): WorkerEmitted => ({
        type: 'failed',
        step,
        error,
        receiveCount: context.message?.receiveCount ?? 0,
        ...(context.job && { requestId: context.job.request.id }),
        ...(context.message && { messageId: context.message.id }),
      }),
    ),
  },
});

function unprovided(): never {
  throw new Error('This step is provided by workerSteps().');
}
