import type { Clock } from '../bus/clock.ts';
import { FacefleetError } from '../bus/errors.ts';
import type { MessageQueue } from '../bus/queue.ts';

/** Thrown when so many photos wait that one more would only wait past its deadline. */
export class QueueFullError extends FacefleetError {
  readonly code = 'queue_full';
  readonly depth: number;

  constructor(depth: number) {
    super(`${depth} photos wait to be recognised already. Send yours again later.`);
    this.depth = depth;
  }
}

export interface QueueRoomOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly requests: Pick<MessageQueue, 'depth'>;
  /** Messages that may wait or be in flight. */
  readonly maxDepth: number;
}

/** A depth is believed for so long, for asking costs a call to the queue. */
const BELIEVED_MS = 1000;

/** Keeps the request queue from growing without end: no photo is taken while it is full. */
export class QueueRoom {
  readonly #options: QueueRoomOptions;
  #depth = 0;
  #askedAt = -Infinity;

  constructor(options: QueueRoomOptions) {
    this.#options = options;
  }

  /** @throws QueueFullError */
  async check(): Promise<void> {
    const { clock, maxDepth } = this.#options;
    if (Math.abs(clock.now() - this.#askedAt) >= BELIEVED_MS) {
      this.#askedAt = clock.now();
      await this.#ask();
    }
    if (this.#depth >= maxDepth) throw new QueueFullError(this.#depth);
  }

  /** A photo more is in the queue. */
  sent(): void {
    this.#depth++;
  }

  /** A queue that cannot be asked says why when it is to take the photo. */
  async #ask(): Promise<void> {
    try {
      const { visible, inFlight, delayed } = await this.#options.requests.depth();
      this.#depth = visible + inFlight + delayed;
    } catch {
      this.#depth = 0;
    }
  }
}
