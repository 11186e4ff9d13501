import { describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { untilReady } from '../../src/provision/ready-workers.ts';
import { tellReady } from '../../src/roles/ready-word.ts';

function launched() {
  const clock = new SteppedClock(0);
  const outputBucket = new MemoryStore('out', clock);
  const log = { warn: (error: unknown) => expect.unreachable(String(error)) };
  const become = (id: string) => tellReady({ outputBucket }, id, log);
  return { wait: { clock, outputBucket, patienceMs: 60_000 }, clock, become };
}

describe('waiting for the workers of new instances', () => {
  it('ends when the last one is ready', async () => {
    const { wait, clock, become } = launched();
    const told: string[] = [];
    const waited = untilReady(['i-1', 'i-2'], { ...wait, onReady: (id) => told.push(id) });
    await become('i-2');
    await clock.advance(10_000);
    expect(told).toEqual(['i-2']);
    await become('i-1');
    await clock.advance(10_000);
    expect(told).toEqual(['i-2', 'i-1']);
    expect(await waited).toEqual([]);
  });

  it('names those that are not ready in time', async () => {
    const { wait, clock, become } = launched();
    const waited = untilReady(['i-1', 'i-2'], wait);
    await become('i-1');
    await clock.advance(62_000);
    expect(await waited).toEqual(['i-2']);
  });

  it('does not go on for those that have stopped', async () => {
    const { wait, clock } = launched();
    const gone = new Set(['i-1']);
    const waited = untilReady(['i-1'], { ...wait, lost: async () => gone });
    await clock.advance(1);
    expect(await waited).toEqual(['i-1']);
  });
});
