import type { Clock } from '../bus/clock.ts';
import type { EventHistory } from '../bus/event-history.ts';
import type { QueueDepth } from '../bus/queue.ts';
import type { RecentEvents } from '../bus/recent-events.ts';
import { HttpError } from './errors.ts';

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

/** The fleet, where its controller runs in this process. @throws HttpError */
export function present<T>(source: T | undefined): T {
  if (source !== undefined) return source;
  throw new HttpError(
    'not_found',
    'No controller runs in this process, so it knows nothing of the fleet. Ask a server that was started by facefleet up.',
  );
}
