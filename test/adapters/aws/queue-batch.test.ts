import { describe, expect, it } from 'vitest';

import { Batch, type BatchOptions } from '../../../src/adapters/aws/queue-batch.ts';
import { SteppedClock } from '../../../src/adapters/memory/clock.ts';

function batchOnSteppedClock(options: Partial<BatchOptions<string>> = {}) {
  const clock = new SteppedClock(0);
  const calls: string[][] = [];
  const batch = new Batch<string>({
    clock,
    lingerMs: 100,
    company: () => 0,
    maxBytes: Infinity,
    bytesOf: (entry) => entry.length,
    call: async (entries) => {
      calls.push([...entries]);
      return entries.map((entry) => (entry === 'bad' ? new Error('refused') : undefined));
    },
    ...options,
  });
  return { clock, calls, batch };
}

describe('a batch of calls', () => {
  it('does not wait while nobody else may come', async () => {
    const { calls, batch } = batchOnSteppedClock({ company: () => 3 });
    await batch.add(['a']);
    expect(calls).toEqual([['a']]);
  });

  it('waits for a third of those who may come', async () => {
    const { calls, batch } = batchOnSteppedClock({ company: () => 10 });
    await Promise.all(['a', 'b', 'c', 'd'].map((entry) => batch.add([entry])));
    expect(calls).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('waits no longer than its time', async () => {
    const { clock, calls, batch } = batchOnSteppedClock({ company: () => 10 });
    const added = batch.add(['a']);
    await clock.advance(99);
    expect(calls).toEqual([]);
    await clock.advance(1);
    await added;
    expect(calls).toEqual([['a']]);
  });

  it('carries ten entries and so many bytes at most', async () => {
    const { calls, batch } = batchOnSteppedClock({ maxBytes: 20 });
    const small = Array.from({ length: 12 }, () => 'x');
    await batch.add(['x'.repeat(15), 'x'.repeat(6), 'x'.repeat(30), ...small]);
    expect(calls.map((entries) => entries.length)).toEqual([1, 1, 1, 10, 2]);
  });

  it('fails only the entries that failed', async () => {
    const { batch } = batchOnSteppedClock({ company: () => 6 });
    const outcomes = await Promise.allSettled([batch.add(['good']), batch.add(['bad'])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
