import pino from 'pino';
import { expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { RequestRecords } from '../../src/machines/request-records.ts';
import { startRetention } from '../../src/roles/retention.ts';
import { keysOf, text } from '../adapters/store-contract.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function bucketWorld() {
  const clock = new SteppedClock();
  const outputBucket = new MemoryStore('out-bucket', clock);
  const log: Record<string, unknown>[] = [];
  const options = {
    clock,
    world: { outputBucket, expireVersions: outputBucket.expireVersions.bind(outputBucket) },
    days: 2,
    log: pino({ level: 'info' }, { write: (line) => log.push(JSON.parse(line)) }),
  };
  return { clock, outputBucket, options, log };
}

it('replaced results are erased within an hour of their time, current ones never', async () => {
  const { clock, outputBucket, options, log } = bucketWorld();
  await outputBucket.put('me.jpg', text('old'));
  await outputBucket.put('me.jpg', text('new'));
  const retention = startRetention(options);
  await clock.advance(2 * DAY);
  expect(await keysOf(outputBucket, { allVersions: true })).toHaveLength(2);
  await clock.advance(HOUR);
  expect(await keysOf(outputBucket, { allVersions: true })).toEqual(['me.jpg']);
  expect(log).toMatchObject([{ versions: 1, records: 0, days: 2 }]);
  await retention.stop();
});

it('results by request id are forgotten as late', async () => {
  const { clock, outputBucket, options } = bucketWorld();
  const records = new RequestRecords(outputBucket, clock);
  await records.keepPending('early', 'early.jpg');
  await records.keepLastTry('early');
  await clock.advance(DAY);
  await records.keep({ id: 'late', fileName: 'late.jpg', faces: [], gallerySize: 0 });
  await outputBucket.put('requests.jpg', text('a result of a photo of that name'));
  const retention = startRetention(options);
  await clock.advance(DAY + HOUR);
  expect(await records.find('early')).toBeUndefined();
  expect(await records.find('late')).toMatchObject({ id: 'late' });
  await clock.advance(DAY);
  expect(await keysOf(outputBucket, { allVersions: true })).toEqual(['requests.jpg']);
  await retention.stop();
});

it('a failure is logged, and the next hour is another try', async () => {
  const { clock, outputBucket, options, log } = bucketWorld();
  await outputBucket.put('me.jpg', text('old'));
  await outputBucket.put('me.jpg', text('new'));
  await clock.advance(2 * DAY);
  let failures = 1;
  const expireVersions = async (before: number): Promise<number> => {
    if (failures-- > 0) throw new Error('disk on fire');
    return outputBucket.expireVersions(before);
  };
  const retention = startRetention({ ...options, world: { outputBucket, expireVersions } });
  await clock.advance(MINUTE);
  expect(log).toMatchObject([{ err: { message: 'disk on fire' } }]);
  await clock.advance(HOUR);
  expect(log).toMatchObject([{}, { versions: 1 }]);
  await retention.stop();
});

it('nothing is touched where the buckets see to it by themselves', async () => {
  const { clock, outputBucket, options } = bucketWorld();
  await new RequestRecords(outputBucket, clock).keepPending('one', 'one.jpg');
  const retention = startRetention({ ...options, world: { outputBucket } });
  await clock.advance(10 * DAY);
  expect(await keysOf(outputBucket)).toEqual(['requests/one']);
  await retention.stop();
});
