import type { EventBus } from './event-bus.ts';
import type { RecordedEvent } from './events.ts';
import { FleetProjection, type FleetView } from './fleet-view.ts';

/** Events that are kept for whoever comes back after a short absence. */
const KEPT = 2000;

/** The fleet as it is now, and the events that led there lately. */
export class RecentEvents {
  readonly #bus: Pick<EventBus, 'subscribe' | 'lastSeq'>;
  readonly #projection: FleetProjection;
  #events: RecordedEvent[] = [];

  /** @param start - the fleet before the bus's next event */
  constructor(bus: Pick<EventBus, 'subscribe' | 'lastSeq'>, start: FleetView) {
    this.#bus = bus;
    this.#projection = new FleetProjection(start);
    bus.subscribe((event) => {
      this.#projection.apply(event);
      this.#events.push(event);
      // Cut seldom: a cut copies what is left.
      if (this.#events.length >= 2 * KEPT) this.#events = this.#events.slice(-KEPT);
    });
  }

  get view(): FleetView {
    return this.#projection.view;
  }

  /** Tells of every event, after it has become part of the view. @returns ends the subscription */
  subscribe(listener: () => void): () => void {
    return this.#bus.subscribe(listener);
  }

  /** Number of the last event. */
  get lastSeq(): number {
    return this.#bus.lastSeq;
  }

  /** The events after number `seq`, oldest first; `undefined` when not all of them are kept. */
  since(seq: number): readonly RecordedEvent[] | undefined {
    if (seq > this.lastSeq) return undefined;
    const missing = this.lastSeq - seq;
    if (missing > this.#events.length) return undefined;
    return missing === 0 ? [] : this.#events.slice(-missing);
  }
}
