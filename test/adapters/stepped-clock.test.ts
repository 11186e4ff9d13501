import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { sleep } from '../../src/bus/clock.ts';

describe('the stepped clock', () => {
  it('stands still until it is told to go', async () => {
    const clock = new SteppedClock(1000);
    let ran = false;
    clock.setTimeout(() => {
      ran = true;
    }, 5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([clock.now(), ran, clock.nextDue]).toEqual([1000, false, 1005]);
  });

  it('runs timers by time, and those of one time in the order they were set', async () => {
    const clock = new SteppedClock();
    const order: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
    ] as const) {
      clock.setTimeout(() => order.push(`${name}@${clock.now()}`), ms);
    }
    await clock.advance(20);
    expect(order).toEqual(['a@10', 'b@10', 'c@20', 'd@20']);
  });

  it('goes through timers set by timers, and by the promises they settle', async () => {
    const clock = new SteppedClock();
    const times: number[] = [];
    const ticking = (async () => {
      for (let i = 0; i < 3; i++) {
        await sleep(clock, 30);
        times.push(clock.now());
      }
    })();
    await clock.advance(1000);
    await ticking;
    expect(times).toEqual([30, 60, 90]);
    expect(clock.now()).toBe(1000);
  });

  it('leaves alone what is due after the advance', async () => {
    const clock = new SteppedClock();
    let ran = 0;
    clock.setTimeout(() => ran++, 11);
    await clock.advance(10);
    expect(ran).toBe(0);
    await clock.advance(1);
    expect(ran).toBe(1);
  });

  it('steps to the next due time and says when there is none', async () => {
    const clock = new SteppedClock();
    clock.setTimeout(() => undefined, 60_000);
    expect(await clock.step()).toBe(true);
    expect(clock.now()).toBe(60_000);
    expect(await clock.step()).toBe(false);
    expect(clock.nextDue).toBeUndefined();
  });

  it('always gets on: a timer without delay takes a millisecond', async () => {
    const clock = new SteppedClock();
    let runs = 0;
    const again = (): void => {
      runs++;
      clock.setTimeout(again, 0);
    };
    again();
    await clock.advance(100);
    expect(runs).toBe(101);
  });

  it('never runs a cleared timer, not even one cleared by another of the same time', async () => {
    const clock = new SteppedClock();
    const ran: string[] = [];
    clock.setTimeout(() => {
      ran.push('first');
      clock.clearTimeout(second);
    }, 10);
    const second: unknown = clock.setTimeout(() => ran.push('second'), 10);
    const third: unknown = clock.setTimeout(() => ran.push('third'), 5);
    clock.clearTimeout(third);
    clock.clearTimeout(third);
    await clock.advance(10);
    clock.clearTimeout(second);
    expect(ran).toEqual(['first']);
  });

  it('rejects with what a timer throws, and the others still run afterwards', async () => {
    const clock = new SteppedClock();
    let ran = false;
    clock.setTimeout(() => {
      throw new Error('boom');
    }, 10);
    clock.setTimeout(() => {
      ran = true;
    }, 10);
    await expect(clock.advance(100)).rejects.toThrow('boom');
    expect(clock.now()).toBe(10);
    await clock.advance(0);
    expect(ran).toBe(true);
  });

  it('runs any mix of set and cleared timers as a sorted list would', async () => {
    const timers = fc.array(
      fc.record({ ms: fc.integer({ min: 1, max: 30 }), clear: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(timers, async (plan) => {
        const clock = new SteppedClock();
        const ran: number[] = [];
        const handles = plan.map(({ ms }, i) => clock.setTimeout(() => ran.push(i), ms));
        plan.forEach(({ clear }, i) => clear && clock.clearTimeout(handles[i]));
        await clock.advance(30);
        const kept = plan
          .map(({ ms, clear }, i) => ({ ms, clear, i }))
          .filter(({ clear }) => !clear);
        expect(ran).toEqual(kept.toSorted((a, b) => a.ms - b.ms || a.i - b.i).map(({ i }) => i));
      }),
    );
  });
});
