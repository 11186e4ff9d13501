import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { type RecordedEvent, recordedEvent } from '../../bus/events.ts';
import { FleetProjection, type FleetView, fleetView } from '../../bus/fleet-view.ts';

/** The first line of a file: the fleet after the event `seq`, and so before the file's first one. */
const snapshotLine = z.object({
  v: z.literal(1),
  type: z.literal('snapshot'),
  seq: z.number().int(),
  view: fleetView,
});

export type SnapshotLine = z.infer<typeof snapshotLine>;

const FILE_NAME = /^events-\d{12}\.jsonl$/;

/** A file's name, after the number of its first event. */
export const fileName = (seq: number): string => `events-${String(seq).padStart(12, '0')}.jsonl`;

/** The names of a log's files, oldest first. */
export const fileNames = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .toSorted();

/** The fleet at a moment of a log: after the event `seq`. */
export interface FleetMoment {
  readonly seq: number;
  readonly view: FleetView;
}

/** What one file holds, as far as it can be read. */
export interface LogFile {
  readonly head: FleetMoment;
  readonly events: readonly RecordedEvent[];
}

/**
 * Reads a file up to where it ends or cannot be read any more: a line torn by a crash, a version that
 * we do not know. Undefined when not even its head can be read.
 */
export function readLogFile(folder: string, name: string): LogFile | undefined {
  const [first = '', ...lines] = readFileSync(join(folder, name), 'utf8').split('\n');
  const head = snapshotLine.safeParse(parsed(first));
  if (!head.success) return undefined;
  const events: RecordedEvent[] = [];
  for (const line of lines) {
    const event = recordedEvent.safeParse(parsed(line));
    if (!event.success) break;
    events.push(event.data);
  }
  return { head: { seq: head.data.seq, view: head.data.view }, events };
}

/** The fleet as the last event before `isLater` left it. */
export function follow(
  { head, events }: LogFile,
  isLater: (event: RecordedEvent) => boolean,
): FleetMoment {
  const projection = new FleetProjection(head.view);
  let { seq } = head;
  for (const event of events) {
    if (isLater(event)) break;
    projection.apply(event);
    ({ seq } = event);
  }
  return { seq, view: projection.view };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
