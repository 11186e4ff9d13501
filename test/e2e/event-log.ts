import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DecisionEvent, RecordedEvent } from '../../src/bus/events.ts';

/** What a data folder's event log tells, oldest first. */
export async function eventsOf(dataDir: string): Promise<RecordedEvent[]> {
  const folder = join(dataDir, 'events');
  const files = (await readdir(folder)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => text.trim().split('\n'))
    .map((line) => JSON.parse(line) as RecordedEvent | { type: 'snapshot' })
    .filter((line): line is RecordedEvent => line.type !== 'snapshot');
}

/** The decisions to start or to stop something. */
export async function decisionsOf(dataDir: string): Promise<DecisionEvent[]> {
  return (await eventsOf(dataDir)).filter(
    (event): event is RecordedEvent & DecisionEvent =>
      event.type === 'controller.decision' && event.start.length + event.stop.length > 0,
  );
}
