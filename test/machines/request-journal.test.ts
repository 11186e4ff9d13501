import { describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { sleep } from '../../src/bus/clock.ts';
import { RecentRequests, type RequestEntry } from '../../src/machines/recent-requests.ts';
import { RequestJournal } from '../../src/machines/request-journal.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { ADA } from './worker-world.ts';

function journalWorld() {
  const clock = new SteppedClock(1_795_500_000_000);
  const bucket = new MemoryStore('out-bucket', clock);
  const failures: unknown[] = [];
  /** A web tier's memory and its journal; a second one is that of the next web tier. */
  const start = () => {
    const journal = new RequestJournal({
      bucket,
      clock,
      onFailure: (step, error) => failures.push([step, error]),
    });
    const recent = new RecentRequests((entry) => journal.add(entry));
    const answer = (id: string): void => {
      const fileName = `${id}.jpg`;
      recent.begin(id, fileName, clock.now());
      recent.end(id, fileName, { at: clock.now(), outcome: ADA, stages: { wait: 1 } });
    };
    return { journal, recent, answer };
  };
  return { clock, bucket, failures, start };
}

async function readAll(journal: RequestJournal): Promise<RequestEntry[]> {
  const entries: RequestEntry[] = [];
  for await (const some of journal.read()) entries.push(...some);
  return entries;
}

const idsOf = (entries: readonly RequestEntry[]): string[] =>
  entries.map(({ record }) => record.id);

describe('the journal of requests', () => {
  it('gives back what was answered, the latest first, many pages or few', async () => {
    const { clock, start } = journalWorld();
    const { journal, recent, answer } = start();
    for (let number = 1; number <= 50; number++) {
      answer(`${number}`);
      await clock.advance(10_000);
    }
    expect(await readAll(start().journal)).toEqual(recent.list());
    expect(idsOf(await readAll(journal)).slice(0, 3)).toEqual(['50', '49', '48']);
  });

  it('writes once in ten seconds, and at once when there is much', async () => {
    const { clock, bucket, start } = journalWorld();
    const { answer } = start();
    for (let number = 1; number <= 20; number++) answer(`${number}`);
    await clock.advance(9999);
    expect(await keysOf(bucket)).toEqual([]);
    await clock.advance(1);
    expect(await keysOf(bucket)).toHaveLength(1);
    await clock.advance(60_000);
    expect(await keysOf(bucket)).toHaveLength(1);
    for (let number = 1; number <= 500; number++) answer(`more-${number}`);
    await clock.advance(0);
    expect(await keysOf(bucket)).toHaveLength(2);
  });

  it('loses nothing while the bucket is out of reach', async () => {
    const { clock, bucket, failures, start } = journalWorld();
    const { answer } = start();
    const put = bucket.put.bind(bucket);
    bucket.put = () => Promise.reject(new Error('unreachable'));
    answer('one');
    await clock.advance(10_000);
    answer('two');
    bucket.put = put;
    await clock.advance(10_000);
    expect(idsOf(await readAll(start().journal))).toEqual(['two', 'one']);
    expect(failures).toMatchObject([['writeJournal', { message: 'unreachable' }]]);
  });

  it('passes over a page that nobody can read, and says so', async () => {
    const { clock, bucket, failures, start } = journalWorld();
    const { answer } = start();
    answer('one');
    await clock.advance(10_000);
    answer('two');
    await clock.advance(10_000);
    const [latest = ''] = await keysOf(bucket);
    await bucket.put(latest, Buffer.from('{"v":2}'));
    expect(idsOf(await readAll(start().journal))).toEqual(['one']);
    expect(failures).toMatchObject([['readJournal', { code: 'malformed_message' }]]);
  });

  it('writes nothing while its bucket is purged, and nothing from before or meanwhile after it', async () => {
    const { clock, start } = journalWorld();
    const { journal, answer } = start();
    answer('before');
    const purging = journal.purgedBy(() => sleep(clock, 60_000));
    answer('meanwhile');
    const writing = journal.write();
    await clock.advance(30_000);
    expect(await readAll(journal)).toEqual([]);
    await clock.advance(30_000);
    await Promise.all([purging, writing]);
    expect(await readAll(journal)).toEqual([]);
    answer('after');
    await journal.write();
    expect(idsOf(await readAll(journal))).toEqual(['after']);
  });
});

describe('requests of before', () => {
  it('are listed when their answers come', async () => {
    const { clock, start } = journalWorld();
    const now = clock.now();
    const { journal, recent, answer } = start();
    answer('new');
    recent.end('old', 'old.jpg', { at: now, outcome: ADA });
    expect(recent.list()).toMatchObject([
      { record: { id: 'old', fileName: 'old.jpg', ...ADA }, number: now + 1, receivedAt: now },
      { record: { id: 'new' }, number: now },
    ]);
    await journal.write();
    expect(idsOf(await readAll(journal))).toEqual(['old', 'new']);
  });

  it('stand behind those that came since, who keep what is known of them', async () => {
    const { clock, start } = journalWorld();
    const before = start();
    for (const id of ['one', 'two']) before.answer(id);
    await before.journal.write();
    const { recent, answer, journal } = start();
    await clock.advance(1000);
    answer('three');
    recent.begin('two', 'again.jpg', clock.now());
    recent.restore(await readAll(journal));
    expect(idsOf(recent.list())).toEqual(['two', 'three', 'one']);
    expect(recent.find('two')?.record).toEqual({ id: 'two', fileName: 'again.jpg' });
    answer('four');
    expect(idsOf(recent.list())).toEqual(['four', 'two', 'three', 'one']);
  });

  it('are no more than there is room for, the latest ones', async () => {
    const { start } = journalWorld();
    const before = start();
    for (let number = 1; number <= 5050; number++) before.answer(`${number}`);
    await before.journal.write();
    const { recent, journal } = start();
    for await (const entries of journal.read()) {
      recent.restore(entries);
      if (recent.isFull) break;
    }
    expect(recent.list()).toEqual(before.recent.list());
  });
});
