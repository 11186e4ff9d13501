import { createActor, type EventFrom } from 'xstate';

import type { Clock } from '../bus/clock.ts';
import type { Outcome } from '../bus/messages.ts';
import { type RequestActor, requestMachine } from './request.ts';

export interface WaitingRequestsOptions {
  readonly clock: Clock;
  /** How long a client waits for its answer, in milliseconds. */
  readonly deadlineMs: number;
  /** Hears how long sending a request took, in milliseconds. */
  readonly onSent: (id: string, ms: number) => void;
  /** Hears how long a client has waited for the answer that came, in milliseconds. */
  readonly onAnswered: (ms: number) => void;
}

/** A request as its client sent it. */
export interface NewRequest {
  /** Unique, and what its reply is matched by. */
  readonly id: string;
  readonly fileName: string;
}

/** The requests that clients wait for, each an actor, by request id. */
export class WaitingRequests {
  readonly #options: WaitingRequestsOptions;
  readonly #actors = new Map<string, RequestActor>();

  constructor(options: WaitingRequestsOptions) {
    this.#options = options;
  }

  /**
   * Begins a request and sends it to the workers; resolves when it is sent, or could not be, which its
   * actor tells.
   * @param signal - tells that the client has gone
   */
  async begin(
    request: NewRequest,
    send: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<RequestActor> {
    const { clock, onSent } = this.#options;
    const beganAt = clock.now();
    const actor = this.#start(request, signal);
    try {
      await send();
      onSent(request.id, clock.now() - beganAt);
      tell(actor, { type: 'QUEUED' });
    } catch (error) {
      tell(actor, { type: 'UNSENT', error });
    }
    return actor;
  }

  has(id: string): boolean {
    return this.#actors.has(id);
  }

  /** Passes an answer on; whether somebody waited for it. */
  answer(id: string, outcome: Outcome): boolean {
    const actor = this.#actors.get(id);
    actor?.send({ type: 'REPLY', outcome });
    return actor !== undefined;
  }

  /** Does `purge`, then tells all who waited before it: whoever comes meanwhile may be queued after it. */
  async purgedBy(purge: () => Promise<unknown>): Promise<void> {
    const actors = [...this.#actors.values()];
    await purge();
    for (const actor of actors) tell(actor, { type: 'PURGE' });
  }

  #start({ id, fileName }: NewRequest, signal: AbortSignal): RequestActor {
    const { clock, deadlineMs, onAnswered } = this.#options;
    const actor = createActor(requestMachine, { clock, input: { id, fileName, deadlineMs } });
    const beganAt = clock.now();
    const abandon = (): void => actor.send({ type: 'ABANDON' });
    const end = (): void => {
      this.#actors.delete(id);
      if (actor.getSnapshot().context.outcome) onAnswered(clock.now() - beganAt);
      signal.removeEventListener('abort', abandon);
    };
    this.#actors.set(id, actor);
    signal.addEventListener('abort', abandon, { once: true });
    actor.subscribe({ complete: end });
    actor.start();
    if (signal.aborted) abandon();
    return actor;
  }
}

/** A request may have ended meanwhile: by an early reply, or because its client went away. */
function tell(actor: RequestActor, event: EventFrom<typeof requestMachine>): void {
  if (actor.getSnapshot().status === 'active') actor.send(event);
}
