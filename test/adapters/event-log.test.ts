import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EventLog } from '../../src/adapters/local/event-log.ts';
import type { RecordedEvent } from '../../src/bus/events.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facefleet-events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): EventLog => new EventLog({ folder, eventsPerFile: 10, maxFiles: 3 });

const moved = (seq: number, state: string): RecordedEvent => ({
  v: 1,
  seq,
  at: seq * 1000,
  type: 'instance.transition',
  instance: 'worker-1',
  since: seq * 1000,
  state,
  cause: 'OBSERVED',
});

function record(log: EventLog, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) log.append(moved(seq, `running.${seq}`));
}

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the event log', () => {
  it('is empty at first', () => {
    const log = open();
    expect(log.lastSeq).toBe(0);
    expect(log.view).toEqual({ at: 0, instances: [], decision: null });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('knows the fleet and the number of the last event when it is opened again', () => {
    record(open(), 1, 25);
    const again = open();
    expect(again.lastSeq).toBe(25);
    expect(again.view.instances).toMatchObject([{ id: 'worker-1', state: 'running.25' }]);
  });

  it('has the fleet before its first event at the head of every file', () => {
    const log = open();
    record(log, 1, 25);
    log.close();
    expect(readdirSync(folder).toSorted()).toEqual([
      'events-000000000001.jsonl',
      'events-000000000011.jsonl',
      'events-000000000021.jsonl',
    ]);
    const [head, first] = linesOf('events-000000000011.jsonl');
    expect(head).toMatchObject({
      type: 'snapshot',
      seq: 10,
      view: { at: 10_000, instances: [{ id: 'worker-1', state: 'running.10' }] },
    });
    expect(first).toEqual(moved(11, 'running.11'));
  });

  it('keeps the newest files only', () => {
    record(open(), 1, 95);
    expect(readdirSync(folder).toSorted()).toEqual([
      'events-000000000071.jsonl',
      'events-000000000081.jsonl',
      'events-000000000091.jsonl',
    ]);
  });

  it('passes over a line that a crash cut off', () => {
    record(open(), 1, 5);
    appendFileSync(join(folder, 'events-000000000001.jsonl'), '{"v":1,"seq":6,"type":"instan');
    const log = open();
    expect(log.lastSeq).toBe(5);
    record(log, 6, 7);
    expect(open().lastSeq).toBe(7);
  });

  it('passes over a file whose head a crash cut off', () => {
    record(open(), 1, 5);
    writeFileSync(join(folder, 'events-000000000006.jsonl'), '{"v":1,"type":"snap');
    expect(open().lastSeq).toBe(5);
  });
});
