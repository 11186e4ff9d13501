import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { FacefleetError } from '../../bus/errors.ts';
import {
  type EventHistory,
  type HistoryPage,
  type PageSummary,
  summaryOf,
} from '../../bus/event-history.ts';
import { fileNames, headOf, readPage } from './event-log-files.ts';

/** Thrown when what should be an event log is none. */
export class NoEventLogError extends FacefleetError {
  readonly code = 'no_event_log';
}

/** A part of a file that begins with a snapshot; `end` is absent where it may still grow. */
interface Section {
  readonly path: string;
  readonly start: number;
  readonly end?: number;
}

interface ReadablePage {
  readonly summary: PageSummary;
  readonly section: Section;
}

/** What every snapshot line contains, and no other line. */
const SNAPSHOT = Buffer.from('"type":"snapshot"');
const NEWLINE = 0x0a;
const CHUNK_BYTES = 4 << 20;

/**
 * The history in an event log: in its folder, which may still be written to, or in one file, such as
 * `cat events/*.jsonl` makes. Reads only what it is asked for, however long the log is.
 *
 * @throws NoEventLogError
 */
export function openEventLog(path: string): EventHistory {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new NoEventLogError(`There is no event log at ${path}.`);
  if (stats.isDirectory()) return new LogHistory(() => wholeFiles(path));
  const sections = sectionsOf(path);
  if (sections.length === 0) {
    throw new NoEventLogError(
      `${path} is no event log: it has no snapshot to begin with. Name a folder "events", or a file from it.`,
    );
  }
  return new LogHistory(() => sections);
}

class LogHistory implements EventHistory {
  readonly #sections: () => readonly Section[];
  /** By path and place: a head never changes. */
  readonly #heads = new Map<string, ReadablePage>();

  constructor(sections: () => readonly Section[]) {
    this.#sections = sections;
  }

  contents(): { pages: readonly PageSummary[]; problems: readonly string[] } {
    const heads = this.#readHeads();
    return {
      pages: heads.filter((head) => typeof head === 'object').map(({ summary }) => summary),
      problems: heads.filter((head) => typeof head === 'string'),
    };
  }

  page(seq: number): HistoryPage | undefined {
    const found = this.#readHeads().find(
      (head) => typeof head === 'object' && head.summary.seq === seq,
    );
    if (typeof found !== 'object') return undefined;
    const { section } = found;
    const page = readPage(readSection(section));
    if (page?.problem === undefined) return page;
    return { ...page, problem: `${basename(section.path)}: ${page.problem}` };
  }

  #readHeads(): (ReadablePage | string)[] {
    return this.#sections().map((section) => {
      const key = `${section.path} ${section.start}`;
      const known = this.#heads.get(key);
      if (known !== undefined) return known;
      const head = headOf(readLine(section));
      if (!head) return `${basename(section.path)} is of another version, or damaged`;
      const read = { summary: summaryOf(head), section };
      this.#heads.set(key, read);
      return read;
    });
  }
}

const wholeFiles = (folder: string): Section[] =>
  fileNames(folder).map((name) => ({ path: join(folder, name), start: 0 }));

/** Where the pages of one file begin: at every line that is a snapshot. */
function sectionsOf(path: string): Section[] {
  return withFile(path, (file) => {
    const { size } = fstatSync(file);
    const starts: number[] = [];
    let lineStart = 0;
    for (let offset = 0; offset < size; offset += CHUNK_BYTES) {
      // A little more than a chunk, so that no mark is cut in two.
      const bytes = readBytes(file, offset, offset + CHUNK_BYTES + SNAPSHOT.length - 1);
      let mark = bytes.indexOf(SNAPSHOT);
      while (mark !== -1 && mark < CHUNK_BYTES) {
        const newline = bytes.lastIndexOf(NEWLINE, mark);
        starts.push(newline === -1 ? lineStart : offset + newline + 1);
        mark = bytes.indexOf(SNAPSHOT, mark + 1);
      }
      const newline = bytes.subarray(0, CHUNK_BYTES).lastIndexOf(NEWLINE);
      if (newline !== -1) lineStart = offset + newline + 1;
    }
    return starts.map((start, index) => ({ path, start, end: starts[index + 1] ?? size }));
  });
}

function readSection({ path, start, end }: Section): string {
  return withFile(path, (file) => readBytes(file, start, end ?? fstatSync(file).size).toString());
}

/** The first line of a section. */
function readLine({ path, start }: Section): string {
  return withFile(path, (file) => {
    for (let bytes = 1 << 12; ; bytes *= 8) {
      const read = readBytes(file, start, start + bytes);
      const newline = read.indexOf(NEWLINE);
      if (newline !== -1) return read.toString('utf8', 0, newline);
      if (read.length < bytes) return read.toString();
    }
  });
}

function withFile<T>(path: string, read: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

function readBytes(file: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
}
