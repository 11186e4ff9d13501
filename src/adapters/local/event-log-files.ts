import { readdirSync } from 'node:fs';

import { z } from 'zod';

import type { FleetMoment, HistoryPage } from '../../bus/event-history.ts';
import { type RecordedEvent, recordedEvent } from '../../bus/events.ts';
import { FleetProjection, fleetView } from '../../bus/fleet-view.ts';

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

/**
 * Reads a file's text up to where it ends or cannot be read any more: a line torn by a crash, a version
 * that we do not know. Undefined when not even its head can be read.
 */
export function readPage(text: string): HistoryPage | undefined {
  const [first = '', ...lines] = text.split('\n');
  const head = headOf(first);
  if (head === undefined) return undefined;
  const events: RecordedEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const event = recordedEvent.safeParse(parsed(line));
    if (!event.success)
      return { head, events, problem: problemOf(line, index === lines.length - 1) };
    events.push(event.data);
  }
  return { head, events };
}

/** Reads the first line of a file. */
export function headOf(line: string): FleetMoment | undefined {
  const head = snapshotLine.safeParse(parsed(line));
  return head.success ? { seq: head.data.seq, view: head.data.view } : undefined;
}

/** The fleet as a page leaves it. */
export function endOf({ head, events }: HistoryPage): FleetMoment {
  const projection = new FleetProjection(head.view);
  for (const event of events) projection.apply(event);
  return { seq: events.at(-1)?.seq ?? head.seq, view: projection.view };
}

function problemOf(line: string, isLast: boolean): string {
  const json = parsed(line);
  if (json === undefined) return isLast ? 'its last line is torn' : 'a line is damaged';
  const { v } = (json ?? {}) as { v?: unknown };
  return v === 1
    ? 'a line is no event that this version knows'
    : `a line has the version ${JSON.stringify(v)}`;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
