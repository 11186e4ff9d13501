import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NoEventLogError, openEventLog } from '../../src/adapters/local/event-log-history.ts';
import { EventLog } from '../../src/adapters/local/event-log.ts';
import type { HistoryPage } from '../../src/bus/event-history.ts';
import type { RecordedEvent } from '../../src/bus/events.ts';
import { ec2State, FleetProjection, type FleetView } from '../../src/bus/fleet-view.ts';
import { AWS, Simulation } from '../../src/simulation/simulation.ts';
import { poisson } from '../../src/simulation/workload.ts';

const MINUTE = 60_000;

/** The pages that there are, read whole. */
function pagesOf(path: string): HistoryPage[] {
  const history = openEventLog(path);
  return history.contents().pages.map(({ seq }) => history.page(seq) as HistoryPage);
}

describe('a log of a fleet’s life', () => {
  let folder: string;
  const events: RecordedEvent[] = [];
  /** The fleet after each event. */
  const views = new Map<number, FleetView>();

  const lastSeq = (): number => events.at(-1)?.seq ?? 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'facefleet-events-'));
    const log = new EventLog({ folder, eventsPerFile: 100, maxFiles: 8 });
    const simulation = new Simulation({
      seed: 3,
      surroundings: AWS,
      pool: 8,
      policy: 'one-per-message',
      limits: { min: 0, max: 8 },
      workload: poisson(0.5),
    });
    const projection = new FleetProjection();
    simulation.bus.subscribe((event) => {
      log.append(event);
      events.push(event);
      projection.apply(event);
      views.set(event.seq, projection.view);
    });
    await simulation.run(10 * MINUTE);
    log.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has pages that follow each other, each with the fleet before its first event', () => {
    const pages = pagesOf(folder);
    expect(pages).toHaveLength(8);
    expect(pages.flatMap((page) => page.events)).toEqual(
      events.slice(-pages.reduce((sum, page) => sum + page.events.length, 0)),
    );
    for (const { head } of pages) expect(head.view).toEqual(views.get(head.seq));
  });

  it('says in figures what each page begins with', () => {
    const { pages } = openEventLog(folder).contents();
    for (const { seq, at, active } of pages) {
      const view = views.get(seq);
      const states = view?.instances.map(({ state }) => ec2State(state)) ?? [];
      expect(at).toBe(view?.at);
      expect(active).toBe(states.filter((s) => s === 'pending' || s === 'running').length);
    }
  });

  it('is the same when its files are joined to one', () => {
    const path = join(folder, 'joined.jsonl');
    const files = readdirSync(folder).toSorted();
    writeFileSync(path, files.map((name) => readFileSync(join(folder, name), 'utf8')).join(''));
    expect(pagesOf(path)).toEqual(pagesOf(folder));
  });

  it('knows no page that it does not have', () => {
    expect(openEventLog(folder).page(1)).toBeUndefined();
  });

  it('opens as far as it goes when its last line is torn or of another version, and says so', () => {
    const name =
      readdirSync(folder)
        .toSorted()
        .findLast((file) => file.startsWith('events-')) ?? '';
    const path = join(folder, name);
    const whole = readFileSync(path, 'utf8');
    appendFileSync(path, '{"v":1,"type":"worker.idle","at"');
    const torn = pagesOf(folder).at(-1);
    expect(torn?.events.at(-1)).toEqual(events.at(-1));
    expect(torn?.problem).toBe(`${name}: its last line is torn`);
    writeFileSync(path, `${whole}{"v":2,"seq":${lastSeq() + 1},"type":"worker.idle"}\n`);
    const foreign = pagesOf(folder).at(-1);
    expect(foreign?.events.at(-1)).toEqual(events.at(-1));
    expect(foreign?.problem).toBe(`${name}: a line has the version 2`);
    writeFileSync(path, whole);
  });

  it('passes over a file of another version, and says so', () => {
    const name = 'events-999999999999.jsonl';
    writeFileSync(join(folder, name), '{"v":2,"type":"snapshot","seq":1}\n');
    const { pages, problems } = openEventLog(folder).contents();
    expect(pages).toHaveLength(8);
    expect(problems).toEqual([`${name} is of another version, or damaged`]);
    rmSync(join(folder, name));
  });

  it('is refused when it is none', () => {
    expect(() => openEventLog(join(folder, 'nothing'))).toThrow(NoEventLogError);
    const path = join(folder, 'letter.txt');
    writeFileSync(path, 'Dear fleet,\n');
    expect(() => openEventLog(path)).toThrow('is no event log');
  });
});
