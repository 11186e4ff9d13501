import { describe, expect, it } from 'vitest';

import { Moment } from '../../../src/http/pages/fleet/moment.ts';

const always = (): boolean => true;

/** A live history that began at 0, at a time of 1,000 s. */
function liveMoment(): { moment: Moment; clock: { now: number } } {
  const moment = new Moment();
  const clock = { now: 1_000_000 };
  moment.enter({ begin: 0, end: () => clock.now, isLive: true });
  return { moment, clock };
}

describe('the moment on the fleet page', () => {
  it('is now, and goes on, until another one is looked for', () => {
    const { moment, clock } = liveMoment();
    clock.now += 5000;
    moment.pass(16, always);
    expect(moment).toMatchObject({ mode: 'live', at: 1_005_000 });
    moment.seek(900_000);
    clock.now += 5000;
    moment.pass(16, always);
    expect(moment).toMatchObject({ mode: 'still', at: 900_000 });
    expect(moment.span.to).toBeGreaterThan(900_000);
  });

  it('plays the past faster than it was, and is now when it arrives there', () => {
    const { moment } = liveMoment();
    moment.seek(900_000);
    moment.speed = 100;
    moment.play();
    moment.pass(500, always);
    expect(moment).toMatchObject({ mode: 'playing', at: 950_000 });
    moment.pass(600, always);
    expect(moment).toMatchObject({ mode: 'live', at: 1_000_000 });
  });

  it('waits while what comes next is not known yet', () => {
    const { moment } = liveMoment();
    moment.seek(900_000);
    moment.play();
    moment.pass(500, () => false);
    expect(moment).toMatchObject({ mode: 'playing', at: 900_000 });
  });

  it('stops at the end of a recording, and begins it again', () => {
    const moment = new Moment();
    moment.enter({ begin: 5000, end: () => 9000, isLive: false }, 8000);
    moment.play();
    moment.pass(2000, always);
    expect(moment).toMatchObject({ mode: 'still', at: 9000, fraction: 1 });
    moment.play();
    expect(moment).toMatchObject({ mode: 'playing', at: 5000, fraction: 0 });
  });

  it('stays within what there is', () => {
    const { moment } = liveMoment();
    moment.seek(-5);
    expect(moment.at).toBe(0);
    moment.seek(Infinity);
    expect(moment.at).toBe(1_000_000);
  });

  it('leaves the picture where it is as long as the moment is on it', () => {
    const { moment } = liveMoment();
    const { span } = moment;
    moment.seek(span.from + 1000);
    expect(moment.span).toEqual(span);
    moment.seek(span.from - 1000);
    expect(moment.span.to).toBeLessThan(span.to);
  });

  it('zooms around a time, which stays where it is', () => {
    const { moment } = liveMoment();
    moment.seek(950_000);
    const { from, to } = moment.span;
    const around = from + (to - from) / 4;
    moment.zoom(0.5, around);
    expect((around - moment.span.from) / moment.width).toBeCloseTo(1 / 4);
    expect(moment.width).toBe((to - from) / 2);
  });
});
