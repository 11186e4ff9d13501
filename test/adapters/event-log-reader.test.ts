import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventsAfter, momentOf } from '../../src/adapters/local/event-log-reader.ts';
import { EventLog } from '../../src/adapters/local/event-log.ts';
import type { RecordedEvent } from '../../src/bus/events.ts';
import { FleetProjection, type FleetView } from '../../src/bus/fleet-view.ts';
import { AWS, Simulation } from '../../src/simulation/simulation.ts';
import { poisson } from '../../src/simulation/workload.ts';

const MINUTE = 60_000;

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

  it('gives the fleet after any event that it still has', () => {
    for (let seq = lastSeq() - 650; seq <= lastSeq(); seq += 7) {
      expect([seq, momentOf(folder, { seq })]).toEqual([seq, { seq, view: views.get(seq) }]);
    }
  });

  it('gives the fleet at any time', () => {
    for (let at = 9 * MINUTE; at < 10 * MINUTE; at += 1700) {
      const seq = events.findLast((event) => event.at <= at)?.seq ?? 0;
      expect([at, momentOf(folder, { at })]).toEqual([at, { seq, view: views.get(seq) }]);
    }
  });

  it('knows nothing of the time before it begins', () => {
    expect(momentOf(folder, { seq: 1 })).toBeUndefined();
    expect(momentOf(folder, { at: -1 })).toBeUndefined();
  });

  it('gives the events after any other, to the last', () => {
    expect([...eventsAfter(folder, lastSeq() - 250)]).toEqual(events.slice(-250));
    expect([...eventsAfter(folder, lastSeq())]).toEqual([]);
    expect([...eventsAfter(folder, 0)].length).toBeGreaterThan(650);
  });

  it('opens as far as it goes when its last line is torn, or of another version', () => {
    const last = readdirSync(folder).toSorted().at(-1) ?? '';
    const path = join(folder, last);
    const whole = readFileSync(path, 'utf8');
    appendFileSync(path, '{"v":1,"type":"worker.idle","at"');
    expect(momentOf(folder, { at: Infinity })).toEqual({
      seq: lastSeq(),
      view: views.get(lastSeq()),
    });
    writeFileSync(path, `${whole}{"v":2,"seq":${lastSeq() + 1},"type":"worker.idle"}\n`);
    expect([...eventsAfter(folder, lastSeq() - 5)]).toEqual(events.slice(-5));
    writeFileSync(path, whole);
  });
});
