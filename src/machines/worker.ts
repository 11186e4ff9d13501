import {
  assign,
  emit,
  type ErrorActorEvent,
  type EventObject,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
} from 'xstate';

import { PhotoRejectedError } from '../bus/errors.ts';
import type { Outcome, RecognitionRequest } from '../bus/messages.ts';
import type { Message } from '../bus/queue.ts';

/** A photo whose pixels are at hand; what else it is, only the recogniser knows. */
export interface DecodedPhoto {
  /** The photo as it was uploaded. */
  readonly bytes: Uint8Array;
  recognise(): Promise<Outcome>;
}

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
  | { type: 'failed'; step: string; error: unknown; receiveCount: number; requestId?: string };

type WorkerEvent =
  | { type: 'RECEIVED'; message: Message | undefined }
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
  readonly outcome: Outcome | undefined;
  readonly maxReceiveCount: number;
}

const EMPTY_HANDED = {
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

/** How long to rest after a receive that failed. */
const RECEIVE_RETRY_MS = 1000;

const INTERNAL_ERROR: Outcome = {
  error: { code: 'internal', message: 'The photo could not be processed. Try again later.' },
};

/**
 * One slot of a worker: takes one message at a time from the request queue and brings it through
 * the mission's steps in their order. Whatever goes wrong before the request is deleted leaves it
 * to be received again, by this worker or another one: nothing accepted is lost.
 *
 * The steps themselves are provided by `workerSteps(ports)`.
 */
export const workerMachine = setup({
  types: {
    context: {} as WorkerContext,
    events: {} as WorkerEvent,
    input: {} as WorkerInput,
    output: {} as WorkerOutput,
    emitted: {} as WorkerEmitted,
  },
  actors: {
    /** Long-polls for one message; STOP ends the poll early. Answers RECEIVED or RECEIVE_FAILED. */
    receive: fromCallback<{ type: 'STOP' }>(unprovided),
    /** Keeps the message hidden while it is worked on. Answers LOST or HUNG when it no longer can. */
    keepHidden: fromCallback<EventObject, { receiptHandle: string }>(unprovided),
    open: fromPromise<Job, Message>(unprovided),
    decode: fromPromise<DecodedPhoto, Job>(unprovided),
    storePhoto: fromPromise<void, { job: Job; decoded: DecodedPhoto }>(unprovided),
    recognise: fromPromise<Outcome, DecodedPhoto>(unprovided),
    reply: fromPromise<void, { job: Job; outcome: Outcome }>(unprovided),
    storeResult: fromPromise<void, { job: Job; outcome: Outcome }>(unprovided),
    deleteMessage: fromPromise<void, Message>(unprovided),
    /** Makes the message visible again after a pause that grows with its receive count. */
    release: fromPromise<void, Message>(unprovided),
  },
  delays: { receiveRetry: RECEIVE_RETRY_MS },
  guards: {
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
      }),
    ),
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({
    ...EMPTY_HANDED,
    draining: false,
    maxReceiveCount: input.maxReceiveCount,
  }),
  initial: 'receiving',
  on: { DRAIN: { actions: ['drain', 'announceDraining'] } },
  states: {
    receiving: {
      entry: assign(EMPTY_HANDED),
      invoke: { id: 'receive', src: 'receive' },
      on: {
        // The poll is asked to end rather than cut off: it may be holding a message already.
        DRAIN: { actions: ['drain', 'announceDraining', sendTo('receive', { type: 'STOP' })] },
        RECEIVED: [
          {
            guard: ({ event }) => event.message !== undefined,
            actions: assign({ message: ({ event }) => event.message }),
            target: 'working',
          },
          { guard: 'isDraining', target: 'drained' },
          { target: 'receiving', reenter: true },
        ],
        RECEIVE_FAILED: {
          actions: {
            type: 'reportFailure',
            params: ({ event }) => ({ step: 'receive', error: event.error }),
          },
          target: 'resting',
        },
      },
    },
    resting: {
      always: { guard: 'isDraining', target: 'drained' },
      after: { receiveRetry: 'receiving' },
    },
    working: {
      initial: 'recognising',
      invoke: {
        id: 'keepHidden',
        src: 'keepHidden',
        input: ({ context }) => ({ receiptHandle: inHand(context.message).receiptHandle }),
      },
      exit: 'announceIdle',
      on: {
        LOST: 'finished',
        HUNG: {
          actions: {
            type: 'reportFailure',
            params: {
              step: 'keepHidden',
              error: new Error('The photo took longer than its message may be hidden.'),
            },
          },
          target: 'hung',
        },
        'xstate.error.actor.*': [
          {
            guard: ({ event }) => event.error instanceof PhotoRejectedError,
            actions: assign({ outcome: ({ event }) => rejection(event.error) }),
            target: '.replying',
          },
          {
            actions: {
              type: 'reportFailure',
              params: ({ event }) => ({ step: event.actorId, error: event.error }),
            },
            target: '.failed',
          },
        ],
      },
      states: {
        recognising: {
          initial: 'opening',
          states: {
            opening: {
              invoke: {
                id: 'open',
                src: 'open',
                input: ({ context }) => inHand(context.message),
                onDone: {
                  actions: [
                    assign({ job: ({ event }) => event.output }),
                    emit(({ event }) => ({ type: 'busy', requestId: event.output.request.id })),
                  ],
                  target: 'decoding',
                },
              },
            },
            decoding: {
              invoke: {
                id: 'decode',
                src: 'decode',
                input: ({ context }) => inHand(context.job),
                onDone: {
                  actions: assign({ decoded: ({ event }) => event.output }),
                  target: 'storingPhoto',
                },
              },
            },
            storingPhoto: {
              invoke: {
                id: 'storePhoto',
                src: 'storePhoto',
                input: ({ context }) => ({
                  job: inHand(context.job),
                  decoded: inHand(context.decoded),
                }),
                onDone: 'identifying',
              },
            },
            identifying: {
              invoke: {
                id: 'recognise',
                src: 'recognise',
                input: ({ context }) => inHand(context.decoded),
                onDone: {
                  actions: assign({ outcome: ({ event }) => event.output }),
                  target: '#worker.working.replying',
                },
              },
            },
          },
        },
        replying: {
          invoke: {
            id: 'reply',
            src: 'reply',
            input: ({ context }) => ({
              job: inHand(context.job),
              outcome: inHand(context.outcome),
            }),
            onDone: 'storing',
          },
        },
        storing: {
          invoke: {
            id: 'storeResult',
            src: 'storeResult',
            input: ({ context }) => ({
              job: inHand(context.job),
              outcome: inHand(context.outcome),
            }),
            onDone: 'deleting',
          },
        },
        deleting: {
          invoke: {
            id: 'deleteMessage',
            src: 'deleteMessage',
            input: ({ context }) => inHand(context.message),
            onDone: '#worker.finished',
          },
        },
        failed: {
          always: [{ guard: 'isLastChance', target: 'givingUp' }, { target: 'releasing' }],
        },
        givingUp: {
          invoke: {
            src: 'reply',
            input: ({ context }) => ({ job: inHand(context.job), outcome: INTERNAL_ERROR }),
            onDone: 'releasing',
            onError: 'releasing',
          },
        },
        releasing: {
          invoke: {
            src: 'release',
            input: ({ context }) => inHand(context.message),
            onDone: '#worker.finished',
            // Not released is no loss either: the visibility timeout brings the message back.
            onError: '#worker.finished',
          },
        },
      },
    },
    finished: {
      always: [{ guard: 'isDraining', target: 'drained' }, { target: 'receiving' }],
    },
    drained: { type: 'final', output: { reason: 'drained' } },
    hung: { type: 'final', output: { reason: 'hung' } },
  },
  output: ({ event }) => (event as unknown as { output: WorkerOutput }).output,
});

function unprovided(): never {
  throw new Error('This step is provided by workerSteps().');
}

function inHand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The worker has nothing of that kind in hand.');
  return value;
}

function rejection(error: unknown): Outcome {
  return error instanceof PhotoRejectedError
    ? { error: { code: error.code, message: error.message } }
    : INTERNAL_ERROR;
}
