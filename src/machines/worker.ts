import { assign, emit, sendTo } from 'xstate';

import { PhotoRejectedError } from '../bus/errors.ts';
import type { Outcome } from '../bus/messages.ts';
import { EMPTY_HANDED, type WorkerOutput, workerSetup } from './worker-setup.ts';

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
export const workerMachine = workerSetup.createMachine({
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
        RECEIVED: {
          actions: [
            assign({ message: ({ event }) => event.job.message, job: ({ event }) => event.job }),
            emit(({ event }) => ({ type: 'busy', requestId: event.job.request.id })),
          ],
          target: 'working',
        },
        RECEIVED_NOTHING: [
          { guard: 'isDraining', target: 'drained' },
          { target: 'receiving', reenter: true },
        ],
        // Nobody can be answered: after its last receipt the message is a dead letter.
        RECEIVED_UNREADABLE: {
          actions: [
            assign({ message: ({ event }) => event.message }),
            {
              type: 'reportFailure',
              params: ({ event }) => ({ step: 'receive', error: event.error }),
            },
          ],
          target: 'working.releasing',
        },
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
        LOST: {
          actions: {
            type: 'reportFailure',
            params: {
              step: 'keepHidden',
              error: new Error('The message belongs to another worker now, or was purged.'),
            },
          },
          target: 'finished',
        },
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
            guard: 'isRejected',
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
          initial: 'decoding',
          states: {
            decoding: {
              invoke: {
                id: 'decode',
                src: 'decode',
                input: ({ context }) => inHand(context.job),
                onDone: {
                  actions: assign({ decoded: ({ event }) => event.output }),
                  target: 'identifying',
                },
              },
            },
            identifying: {
              invoke: {
                id: 'identify',
                src: 'identify',
                input: ({ context }) => ({
                  job: inHand(context.job),
                  decoded: inHand(context.decoded),
                }),
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
  // What the final state says. XState passes its done event here but types it as one of ours.
  output: ({ event }) => (event as unknown as { output: WorkerOutput }).output,
});

function inHand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The worker has nothing of that kind in hand.');
  return value;
}

function rejection(error: unknown): Outcome {
  return error instanceof PhotoRejectedError
    ? { error: { code: error.code, message: error.message } }
    : INTERNAL_ERROR;
}
