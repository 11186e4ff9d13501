import type { Clock } from './clock.ts';
import type { BusEvent, RecordedEvent, Unversioned } from './events.ts';

export type EventListener = (event: RecordedEvent) => void;

/** An event as it is published: when it happened may be left to the bus, which says now. */
export type PublishedEvent = BusEvent extends infer E
  ? E extends BusEvent
    ? Omit<Unversioned<E>, 'at'> & { at?: number }
    : never
  : never;

export interface EventBusOptions {
  readonly clock: Clock;
  /** Number of the last event recorded before; 0 if none. */
  readonly lastSeq: number;
  /** Hears what a listener throws. */
  readonly onListenerError: (error: unknown) => void;
}

/**
 * Carries every event of one service to whoever subscribes: at once, and to everybody in the same
 * order, also when a listener publishes in turn. A listener that throws harms neither the publisher
 * nor the other listeners.
 */
export class EventBus {
  readonly #options: EventBusOptions;
  readonly #listeners = new Set<EventListener>();
  #lastSeq: number;
  /** The last event, and who is still to hear it. */
  #event: RecordedEvent | undefined;
  #waiting: Iterator<EventListener> = [].values();

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#lastSeq = options.lastSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  publish(event: PublishedEvent): void {
    // Published by a listener: the others hear first what that one was told.
    this.#deliver();
    const at = this.#options.clock.now();
    this.#event = { v: 1, seq: ++this.#lastSeq, at, ...event };
    this.#waiting = Array.from(this.#listeners).values();
    this.#deliver();
  }

  /** @returns ends the subscription */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #deliver(): void {
    const event = this.#event;
    if (event === undefined) return;
    for (;;) {
      const next = this.#waiting.next();
      if (next.done === true) return;
      try {
        next.value(event);
      } catch (error) {
        this.#options.onListenerError(error);
      }
    }
  }
}
