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
 * Carries every event of one service to whoever subscribes, in order and at once. A listener that
 * throws harms neither the publisher nor the other listeners.
 */
export class EventBus {
  readonly #options: EventBusOptions;
  readonly #listeners = new Set<EventListener>();
  #lastSeq: number;

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#lastSeq = options.lastSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  publish(event: PublishedEvent): void {
    const at = this.#options.clock.now();
    const recorded = { v: 1, seq: ++this.#lastSeq, at, ...event } as RecordedEvent;
    for (const listener of this.#listeners) {
      try {
        listener(recorded);
      } catch (error) {
        this.#options.onListenerError(error);
      }
    }
  }

  /** @returns ends the subscription */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
