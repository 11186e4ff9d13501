import { describe, expect, it } from 'vitest';

import type { FleetEvent } from '../../../src/http/pages/fleet/history.ts';
import { lastUntil, stateAt, type Track, Tracks } from '../../../src/http/pages/fleet/tracks.ts';

let seq = 10;
const moved = (at: number, instance: string, state: string): FleetEvent => ({
  type: 'instance.transition',
  seq: ++seq,
  at,
  instance,
  state,
  cause: 'OBSERVED',
});

const decided = (at: number, visible: number): FleetEvent => ({
  type: 'controller.decision',
  seq: ++seq,
  at,
  policy: 'literal',
  inputs: {
    visible,
    inFlight: 1,
    running: 0,
    pending: 0,
    stopped: 2,
    room: 2,
    min: 0,
    max: 2,
  },
  start: ['a'],
  stop: [],
  reason: 'why',
});

const HEAD = {
  seq: 10,
  view: {
    at: 1000,
    instances: [
      { id: 'a', state: 'stopped', done: 0 },
      { id: 'b', state: 'running.idle', done: 3 },
    ],
    decision: null,
  },
};

const at = (tracks: Tracks, id: string, time: number): string =>
  stateAt(tracks.tracks.get(id) as Track, time);

describe('the tracks of a fleet', () => {
  it('tell the state of every instance at any time', () => {
    const events = [moved(2000, 'a', 'pending.requested'), moved(3000, 'b', 'terminated')];
    const tracks = new Tracks({ head: HEAD, events });
    expect([500, 1500, 2500].map((time) => at(tracks, 'a', time))).toEqual([
      '',
      'stopped',
      'pending.requested',
    ]);
    expect([2999, 3001].map((time) => at(tracks, 'b', time))).toEqual(['running.idle', '']);
  });

  it('tell the figures of the fleet', () => {
    const events = [decided(2000, 4), moved(2000, 'a', 'pending.requested')];
    const { samples } = new Tracks({ head: HEAD, events });
    expect(samples.active).toEqual([1, 1, 2]);
    expect(samples.running).toEqual([1, 1, 1]);
    expect(samples.messages).toEqual([0, 5, 5]);
    expect(samples.cap).toEqual([NaN, 2, 2]);
  });

  it('put a decision before what it brings about in the same millisecond', () => {
    const events = [decided(2000, 4), moved(2000, 'a', 'pending.requested')];
    const tracks = new Tracks({ head: HEAD, events });
    expect(at(tracks, 'a', tracks.decisions[0]?.at ?? 0)).toBe('stopped');
  });

  it('never run backwards, whatever the clocks of workers say', () => {
    const tracks = new Tracks({ head: HEAD, events: [moved(5000, 'a', 'running.idle')] });
    tracks.append(moved(4000, 'a', 'running.busy'));
    expect(at(tracks, 'a', 4500)).toBe('stopped');
    expect(at(tracks, 'a', 5001)).toBe('running.busy');
  });

  it('forget what ended before a time, and nothing else', () => {
    const events = [
      decided(2000, 4),
      moved(2000, 'a', 'pending.requested'),
      moved(3000, 'b', 'terminated'),
      moved(4000, 'a', 'running.idle'),
      decided(5000, 0),
    ];
    const tracks = new Tracks({ head: HEAD, events });
    tracks.dropBefore(3500);
    expect(at(tracks, 'a', 3600)).toBe('pending.requested');
    expect(at(tracks, 'a', 4500)).toBe('running.idle');
    expect([...tracks.tracks.keys()]).toEqual(['a']);
    expect(tracks.size).toBe(2);
    expect(lastUntil(tracks.decisions, 4000)).toBeUndefined();
    expect(lastUntil(tracks.decisions, 6000)?.event.inputs?.visible).toBe(0);
  });
});
