import { join } from 'node:path';

import { openEventLog } from '../adapters/local/event-log-history.ts';
import { EventLog } from '../adapters/local/event-log.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { EventBus, type PublishedEvent } from '../bus/event-bus.ts';
import type { EventHistory } from '../bus/event-history.ts';
import type { RecordedEvent } from '../bus/events.ts';
import type { FleetView } from '../bus/fleet-view.ts';
import { RecentEvents } from '../bus/recent-events.ts';
import type { Logger } from '../log.ts';

/** What happens to the fleet that this process controls, and what happened. */
export interface FleetEvents {
  readonly bus: EventBus;
  readonly recent: RecentEvents;
  readonly history: EventHistory;
  /** The fleet as the last controller on this data folder left it. */
  readonly remembered: FleetView;
  close(): void;
}

/** The event bus of a controller; its events are kept in the data folder, and told to the log. */
export function openFleetEvents(dataDir: string, log: Logger): FleetEvents {
  const folder = join(dataDir, 'events');
  const eventLog = new EventLog({ folder });
  const remembered = eventLog.view;
  const bus = new EventBus({
    clock: systemClock,
    lastSeq: eventLog.lastSeq,
    onListenerError: (error) => log.error({ err: error }, 'an event could not be passed on'),
  });
  bus.subscribe((event) => eventLog.append(event));
  bus.subscribe((event) => logEvent(log, event));
  const recent = new RecentEvents(bus, remembered);
  return {
    bus,
    recent,
    history: openEventLog(folder),
    remembered,
    close: () => eventLog.close(),
  };
}

/** The bus as a controller has it: its own rounds, several a second, say nothing worth telling. */
export const busOfController = (bus: EventBus): Pick<EventBus, 'publish' | 'subscribe'> => ({
  publish: (event) => isWorthTelling(event) && bus.publish(event),
  subscribe: (listener) => bus.subscribe(listener),
});

/** Its decisions say it. */
const isWorthTelling = (event: PublishedEvent): boolean =>
  event.type !== 'actor.transition' || event.machine !== 'controller';

function logEvent(log: Logger, event: RecordedEvent): void {
  switch (event.type) {
    case 'controller.decision': {
      const { start, stop, reason } = event;
      const level = start.length + stop.length > 0 ? 'info' : 'debug';
      log[level]({ start, stop }, reason);
      break;
    }
    case 'controller.failed': {
      const { step, restMs, message } = event;
      log.warn({ step, restMs }, message);
      break;
    }
    default:
      log.trace(event);
  }
}
