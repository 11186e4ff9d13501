import type { Clock } from '../../bus/clock.ts';

/** A message of a memory queue, wherever it stands. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  receiveCount: number;
  state: 'visible' | 'hidden' | 'gone';
  /** Brings it back into sight. */
  timer?: unknown;
}

/**
 * The messages of one queue: the visible ones in the order in which they became so, the hidden ones
 * each with a timer.
 */
export class QueueMessages {
  readonly #clock: Clock;
  readonly #onVisible: () => void;
  readonly #byId = new Map<string, StoredMessage>();
  /** May hold messages that are gone; they are passed over. Those before `#head` were taken. */
  #line: StoredMessage[] = [];
  #head = 0;
  #visibleCount = 0;

  constructor(clock: Clock, onVisible: () => void) {
    this.#clock = clock;
    this.#onVisible = onVisible;
  }

  get visibleCount(): number {
    return this.#visibleCount;
  }

  get(id: string): StoredMessage | undefined {
    return this.#byId.get(id);
  }

  *hidden(): Iterable<StoredMessage> {
    for (const message of this.#byId.values()) if (message.state === 'hidden') yield message;
  }

  add(message: StoredMessage, delayMs: number): void {
    this.#byId.set(message.id, message);
    this.hide(message, delayMs);
  }

  /** Takes the message that has been visible longest out of sight. */
  takeVisible(): StoredMessage | undefined {
    while (this.#head < this.#line.length) {
      const message = this.#line[this.#head++];
      this.#compact();
      if (message?.state === 'visible') {
        this.#visibleCount--;
        message.state = 'hidden';
        return message;
      }
    }
    return undefined;
  }

  /** Keeps a message that is out of sight there for `ms` milliseconds. */
  hide(message: StoredMessage, ms: number): void {
    this.#clock.clearTimeout(message.timer);
    message.state = 'hidden';
    if (ms > 0) message.timer = this.#clock.setTimeout(() => this.#show(message), ms);
    else this.#show(message);
  }

  remove(message: StoredMessage): void {
    this.#clock.clearTimeout(message.timer);
    if (message.state === 'visible') this.#visibleCount--;
    message.state = 'gone';
    this.#byId.delete(message.id);
  }

  clear(): void {
    for (const message of this.#byId.values()) this.remove(message);
    this.#line = [];
    this.#head = 0;
  }

  #show(message: StoredMessage): void {
    message.state = 'visible';
    this.#visibleCount++;
    this.#line.push(message);
    this.#onVisible();
  }

  /** Drops what was taken once it is the larger half, so that taking stays O(1) on average. */
  #compact(): void {
    if (this.#head * 2 <= this.#line.length) return;
    this.#line = this.#line.slice(this.#head);
    this.#head = 0;
  }
}
