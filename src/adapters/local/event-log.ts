import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { FleetMoment } from '../../bus/event-history.ts';
import type { RecordedEvent } from '../../bus/events.ts';
import { EMPTY_FLEET, FleetProjection, type FleetView } from '../../bus/fleet-view.ts';
import { endOf, fileName, fileNames, readPage, type SnapshotLine } from './event-log-files.ts';

export interface EventLogOptions {
  /** Is made if need be. */
  readonly folder: string;
  /** Events in one file, after its snapshot; 1,000 by default. */
  readonly eventsPerFile?: number;
  /** Files that are kept; 200 by default. */
  readonly maxFiles?: number;
}

/**
 * The events of a data folder's fleet, append-only: files of JSON lines, named after the number of
 * their first event, each with the whole fleet at its head, so that any moment can be read again from
 * one file. The oldest files are removed. What was appended survives a `kill -9`.
 */
export class EventLog {
  readonly #folder: string;
  readonly #eventsPerFile: number;
  readonly #maxFiles: number;
  readonly #projection: FleetProjection;
  #lastSeq: number;
  #file: number | undefined;
  #eventsInFile = 0;

  constructor({ folder, eventsPerFile = 1000, maxFiles = 200 }: EventLogOptions) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#eventsPerFile = eventsPerFile;
    this.#maxFiles = maxFiles;
    const { seq, view } = this.#readEnd();
    this.#lastSeq = seq;
    this.#projection = new FleetProjection(view);
  }

  /** Number of the last event; 0 if there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The fleet as the last event left it. */
  get view(): FleetView {
    return this.#projection.view;
  }

  append(event: RecordedEvent): void {
    if (this.#file === undefined || this.#eventsInFile >= this.#eventsPerFile) {
      this.#beginFile(event);
    }
    this.#write(event);
    this.#eventsInFile++;
    this.#lastSeq = event.seq;
    this.#projection.apply(event);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** A process begins a file of its own: the last one may end in the middle of a line. */
  #beginFile({ seq, at }: RecordedEvent): void {
    this.close();
    this.#eventsInFile = 0;
    this.#file = openSync(join(this.#folder, fileName(seq)), 'w');
    // Before the first event of all nothing was known, until then.
    const view = this.#lastSeq === 0 ? { ...this.view, at } : this.view;
    this.#write({ v: 1, type: 'snapshot', seq: this.#lastSeq, view });
    for (const name of fileNames(this.#folder).slice(0, -this.#maxFiles)) {
      rmSync(join(this.#folder, name));
    }
  }

  #write(line: RecordedEvent | SnapshotLine): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** What the newest file that can be read says. */
  #readEnd(): FleetMoment {
    for (const name of fileNames(this.#folder).toReversed()) {
      const page = readPage(readFileSync(join(this.#folder, name), 'utf8'));
      if (page) return endOf(page);
    }
    return { seq: 0, view: EMPTY_FLEET };
  }
}
