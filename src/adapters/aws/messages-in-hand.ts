import type { Clock } from '../../bus/clock.ts';

/** The messages that this process has received and neither deleted nor lost again. */
export class MessagesInHand {
  readonly #clock: Clock;
  /** Until when each is hidden from others, by receipt handle. */
  readonly #hiddenUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** They were received, or extended, to be hidden for `seconds` from now. */
  hold(receiptHandle: string, seconds: number): void {
    this.#hiddenUntil.set(receiptHandle, this.#clock.now() + seconds * 1000);
  }

  letGo(receiptHandle: string): void {
    this.#hiddenUntil.delete(receiptHandle);
  }

  get count(): number {
    const now = this.#clock.now();
    for (const [handle, until] of this.#hiddenUntil) if (until <= now) this.letGo(handle);
    return this.#hiddenUntil.size;
  }
}
