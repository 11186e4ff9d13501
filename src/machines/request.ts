import { type ActorRefFrom, assign, setup } from 'xstate';

import { FacefleetError } from '../bus/errors.ts';
import type { Outcome } from '../bus/messages.ts';

/** Thrown when no answer came before the deadline; the result can be asked for by the request's id. */
export class RequestExpiredError extends FacefleetError {
  readonly code = 'deadline_exceeded';
  readonly requestId: string;

  constructor(requestId: string, deadlineMs: number) {
    super(
      `No answer within ${deadlineMs / 1000} s. The photo is kept and will be recognised: ` +
        `GET /v1/requests/${requestId} tells the result when it is there.`,
    );
    this.requestId = requestId;
  }
}

/** Thrown when no worker looked at a photo to enrol before the deadline. */
export class AnalysisExpiredError extends FacefleetError {
  readonly code = 'deadline_exceeded';

  constructor(deadlineMs: number) {
    super(
      `No worker looked at the photo within ${deadlineMs / 1000} s, and nobody was enrolled. Send it again.`,
    );
  }
}

/** Thrown when the queues were purged while a client waited. */
export class RequestPurgedError extends FacefleetError {
  readonly code = 'purged';

  constructor() {
    super('The queues were purged before the photo was recognised. Send it again.');
  }
}

/** What becomes of a request whose every try ended without a word, because it killed its workers. */
export class RequestGivenUpError extends FacefleetError {
  readonly code = 'internal';

  constructor() {
    super('The photo could not be processed, however often it was tried.');
  }
}

/** Thrown when the client went away before there was an answer. */
export class RequestAbandonedError extends FacefleetError {
  readonly code = 'abandoned';

  constructor() {
    super('The client went away before the answer came.');
  }
}

type RequestEvent =
  /** The request queue has taken the photo. */
  | { type: 'QUEUED' }
  /** The request queue has not taken it. */
  | { type: 'UNSENT'; error: unknown }
  | { type: 'REPLY'; outcome: Outcome }
  | { type: 'PURGE' }
  /** The client is gone. */
  | { type: 'ABANDON' };

export interface RequestInput {
  readonly id: string;
  readonly fileName: string;
  /** How long the client waits for the answer from when the request is queued, in milliseconds. */
  readonly deadlineMs: number;
}

/** The worker's answer, or the error that ended the wait without one. */
export type RequestOutput = { readonly outcome: Outcome } | { readonly error: unknown };

interface RequestContext extends RequestInput {
  readonly outcome: Outcome | undefined;
  readonly error: unknown;
}

/**
 * One uploaded photo as the web tier sees it: sent to the request queue, then waiting for the reply
 * that carries its id. A reply may overtake the acknowledgement of the send. The photo itself is not
 * here: it is gone from memory as soon as it is queued, however long the wait.
 */
export const requestMachine = setup({
  types: {
    context: {} as RequestContext,
    events: {} as RequestEvent,
    input: {} as RequestInput,
    output: {} as RequestOutput,
  },
  delays: { deadline: ({ context }) => context.deadlineMs },
  guards: {
    isError: (_, { outcome }: { outcome: Outcome }) => 'error' in outcome,
  },
}).createMachine({
  id: 'request',
  context: ({ input }) => ({ ...input, outcome: undefined, error: undefined }),
  initial: 'sending',
  on: {
    REPLY: [
      {
        guard: { type: 'isError', params: ({ event }) => event },
        actions: assign({ outcome: ({ event }) => event.outcome }),
        target: '.failed',
      },
      { actions: assign({ outcome: ({ event }) => event.outcome }), target: '.answered' },
    ],
    PURGE: {
      actions: assign({ error: () => new RequestPurgedError() }),
      target: '.purged',
    },
    ABANDON: {
      actions: assign({ error: () => new RequestAbandonedError() }),
      target: '.abandoned',
    },
  },
  states: {
    sending: {
      on: {
        QUEUED: 'queued',
        UNSENT: {
          actions: assign({ error: ({ event }) => event.error }),
          target: 'unsent',
        },
      },
    },
    queued: {
      after: {
        deadline: {
          actions: assign({
            error: ({ context }) => new RequestExpiredError(context.id, context.deadlineMs),
          }),
          target: 'expired',
        },
      },
    },
    /** Faces were found, or there are none. */
    answered: { type: 'final' },
    /** The worker says why there is no result. */
    failed: { type: 'final' },
    /** The queue did not take it. */
    unsent: { type: 'final' },
    expired: { type: 'final' },
    purged: { type: 'final' },
    abandoned: { type: 'final' },
  },
  output: ({ context: { outcome, error } }) => (outcome === undefined ? { error } : { outcome }),
});

export type RequestActor = ActorRefFrom<typeof requestMachine>;
