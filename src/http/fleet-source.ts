import type { Clock } from '../bus/clock.ts';
import type { EventHistory } from '../bus/event-history.ts';
import type { QueueDepth } from '../bus/queue.ts';
import type { RecentEvents } from '../bus/recent-events.ts';

/** What the web tier may know of the fleet. */
export interface FleetSource {
  readonly recent: RecentEvents;
  /** What came before. */
  readonly history: EventHistory;
  readonly clock: Clock;
  /** Instances that may be active at most. */
  readonly cap: number;
  /** What there is to do. */
  readonly depth: () => Promise<QueueDepth>;
}
