import { assign, fromPromise, setup } from 'xstate';

import type { Message } from '../bus/queue.ts';

interface ReplyConsumerContext {
  readonly messages: readonly Message[];
}

/** How long to rest after a receive or a delete that failed. */
const RETRY_MS = 1000;

function unprovided(): never {
  throw new Error('This is provided by the web tier.');
}

/**
 * The web tier's one reader of its response queue: receives replies, hands them to the requests
 * that wait for them (or keeps them for clients that come back), deletes them.
 */
export const replyConsumerMachine = setup({
  types: {
    context: {} as ReplyConsumerContext,
    events: {} as { type: 'STOP' },
  },
  actors: {
    receive: fromPromise<readonly Message[]>(unprovided),
    deliver: fromPromise<void, readonly Message[]>(unprovided),
    deleteMessages: fromPromise<void, readonly Message[]>(unprovided),
  },
  actions: {
    reportFailure: (_, _failure: { error: unknown }) => unprovided(),
  },
  delays: { retry: RETRY_MS },
}).createMachine({
  id: 'replyConsumer',
  context: { messages: [] },
  initial: 'receiving',
  on: { STOP: '.stopped' },
  states: {
    receiving: {
      invoke: {
        src: 'receive',
        onDone: [
          {
            guard: ({ event }) => event.output.length > 0,
            actions: assign({ messages: ({ event }) => event.output }),
            target: 'delivering',
          },
          { target: 'receiving', reenter: true },
        ],
        onError: {
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
          target: 'resting',
        },
      },
    },
    delivering: {
      invoke: {
        src: 'deliver',
        input: ({ context }) => context.messages,
        onDone: 'deleting',
        onError: {
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
          target: 'resting',
        },
      },
    },
    deleting: {
      invoke: {
        src: 'deleteMessages',
        input: ({ context }) => context.messages,
        onDone: 'receiving',
        // What was not deleted comes again, and is dropped then: nobody waits for it any more.
        onError: {
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
          target: 'resting',
        },
      },
    },
    resting: { after: { retry: 'receiving' } },
    stopped: { type: 'final' },
  },
});
