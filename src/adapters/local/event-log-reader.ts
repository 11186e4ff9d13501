import type { RecordedEvent } from '../../bus/events.ts';
import {
  fileNames,
  type FleetMoment,
  follow,
  type LogFile,
  readLogFile,
} from './event-log-files.ts';

/** A moment in a log: after an event, or at a time in milliseconds since the Unix epoch. */
export type Moment = { readonly seq: number } | { readonly at: number };

/** The events after number `seq`, oldest first, as far back as the log in `folder` goes. */
export function* eventsAfter(folder: string, seq: number): Generator<RecordedEvent> {
  const names = fileNames(folder);
  const first = lastBefore(names, folder, ({ head }) => head.seq <= seq) ?? 0;
  for (const name of names.slice(first)) {
    for (const event of readLogFile(folder, name)?.events ?? []) {
      if (event.seq > seq) yield event;
    }
  }
}

/**
 * The fleet as it was at a moment: undefined for one before the log in `folder` begins. Reads a few
 * files of the log, however long it is.
 */
export function momentOf(folder: string, moment: Moment): FleetMoment | undefined {
  const names = fileNames(folder);
  const isLater = (event: { readonly seq: number; readonly at: number }): boolean =>
    'seq' in moment ? event.seq > moment.seq : event.at > moment.at;
  const index = lastBefore(
    names,
    folder,
    ({ head }) => !isLater({ seq: head.seq, at: head.view.at }),
  );
  const file = index === undefined ? undefined : readLogFile(folder, names[index] ?? '');
  return file && follow(file, isLater);
}

/** Index of the last file that begins early enough; files that cannot be read never do. */
function lastBefore(
  names: readonly string[],
  folder: string,
  isEarlyEnough: (file: LogFile) => boolean,
): number | undefined {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const file = readLogFile(folder, names[middle] ?? '');
    if (file && isEarlyEnough(file)) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? low - 1 : undefined;
}
