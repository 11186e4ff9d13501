import { describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryQueues } from '../../src/adapters/memory/queues.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { decodeRequest, encodeReply, type Outcome } from '../../src/bus/messages.ts';
import { RecentRequests } from '../../src/machines/recent-requests.ts';
import { RequestJournal } from '../../src/machines/request-journal.ts';
import { RequestRecords } from '../../src/machines/request-records.ts';
import { startWebTier, type WebTierPorts } from '../../src/machines/web-tier.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { ADA, EMPTY } from './worker-world.ts';

async function webTierWorld({
  maxMessageBytes = 2 ** 20,
  deadlineMs = 60_000,
  hasJournal = false,
} = {}) {
  const clock = new SteppedClock();
  const queues = new MemoryQueues(clock);
  const requests = await queues.create('req-queue', { maxMessageBytes });
  const replies = await queues.create('resp-queue');
  const deadLetters = await queues.create('dead-letter-queue');
  const inputBucket = new MemoryStore('in-bucket', clock);
  const outputBucket = new MemoryStore('out-bucket', clock);
  const galleryBucket = new MemoryStore('gallery-bucket', clock);
  const failures: unknown[] = [];
  const stages: [string, number][] = [];
  const traffic: (number | 'arrived')[] = [];
  const ports: WebTierPorts = {
    clock,
    requests,
    replies,
    deadLetters,
    inputBucket,
    outputBucket,
    galleryBucket,
    deadlineMs,
    journal: hasJournal
      ? new RequestJournal({
          bucket: outputBucket,
          clock,
          onFailure: (_, error) => failures.push(error),
        })
      : undefined,
    traffic: {
      arrived: () => traffic.push('arrived'),
      answered: (ms) => traffic.push(ms),
    },
    onStage: (stage, ms) => stages.push([stage, ms]),
    onFailure: (_, error) => failures.push(error),
  };
  const webTier = startWebTier(ports);
  const upload = (id: string, photo = 'pixels', signal = new AbortController().signal) => {
    const answer = webTier
      .queue({ id, fileName: `${id}.jpg`, photo: Buffer.from(photo) }, signal)
      .then((queued) => queued.answer());
    // Looked at later: until then it must not count as unhandled.
    answer.catch(() => {});
    return answer;
  };
  const received = async () => {
    const [message] = await requests.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 30 });
    return decodeRequest(message?.body ?? '');
  };
  const reply = (id: string) =>
    replies.send(encodeReply({ id, fileName: `${id}.jpg`, outcome: ADA }));
  return {
    clock,
    requests,
    replies,
    inputBucket,
    failures,
    stages,
    traffic,
    ports,
    webTier,
    upload,
    received,
    reply,
  };
}

describe('the web tier', () => {
  it('gives each upload its own answer, in whatever order the replies come', async () => {
    const { clock, upload, reply, replies } = await webTierWorld();
    const uploads = [upload('one'), upload('two')];
    await clock.advance(0);
    await reply('two');
    await reply('one');
    await clock.advance(0);
    expect(await Promise.all(uploads)).toEqual([
      { id: 'one', outcome: ADA },
      { id: 'two', outcome: ADA },
    ]);
    expect(await replies.depth()).toEqual(EMPTY);
  });

  it('tells what is queued, and what came back how late', async () => {
    const { clock, upload, reply, traffic } = await webTierWorld({ deadlineMs: 5000 });
    void upload('one');
    const late = upload('two');
    await clock.advance(700);
    await reply('one');
    await clock.advance(10_000);
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(traffic).toEqual(['arrived', 'arrived', 700]);
  });

  it('sends a photo inline when the message fits the queue', async () => {
    const { clock, upload, received } = await webTierWorld();
    void upload('one');
    await clock.advance(0);
    expect(await received()).toEqual({
      v: 1,
      id: 'one',
      kind: 'recognise',
      fileName: 'one.jpg',
      replyTo: 'resp-queue',
      image: Buffer.from('pixels').toString('base64'),
    });
  });

  it('sends it by the bucket when not, each upload in its own version', async () => {
    const { clock, upload, received, inputBucket } = await webTierWorld({ maxMessageBytes: 1024 });
    void upload('one', 'x'.repeat(1024));
    await clock.advance(0);
    await inputBucket.put('one.jpg', Buffer.from('another'));
    const { image } = await received();
    expect(image).toMatchObject({ bucket: 'in-bucket', key: 'one.jpg' });
    const versionId = typeof image === 'string' ? '' : image.versionId;
    expect((await inputBucket.get('one.jpg', { versionId })).body).toHaveLength(1024);
  });

  it.each([600, 640, 641, 642, 643, 644, 645, 646, 647, 648, 660, 700])(
    'never sends more than the queue takes: a photo of %i bytes',
    async (bytes) => {
      const { clock, upload, requests } = await webTierWorld({ maxMessageBytes: 1024 });
      void upload('one', 'x'.repeat(bytes));
      await clock.advance(0);
      expect(await requests.depth()).toEqual({ ...EMPTY, visible: 1 });
    },
  );

  it('gives up after the deadline, naming the request', async () => {
    const { clock, upload } = await webTierWorld({ deadlineMs: 5000 });
    const answer = upload('one');
    await clock.advance(5000);
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded', requestId: 'one' });
  });

  it('drops a late reply, and one that comes twice', async () => {
    const { clock, upload, reply, replies, failures } = await webTierWorld({ deadlineMs: 5000 });
    const answer = upload('one');
    await clock.advance(5000);
    await reply('one');
    await reply('one');
    await clock.advance(0);
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await replies.depth()).toEqual(EMPTY);
    expect(failures).toEqual([]);
  });

  it('lets go of a client that went away', async () => {
    const { clock, upload } = await webTierWorld();
    const client = new AbortController();
    const answer = upload('one', 'pixels', client.signal);
    await clock.advance(0);
    client.abort();
    await expect(answer).rejects.toMatchObject({ code: 'abandoned' });
  });

  it('passes on why the queue did not take a request', async () => {
    const { upload, webTier, requests } = await webTierWorld();
    requests.remove();
    await expect(upload('one')).rejects.toMatchObject({ code: 'queue_does_not_exist' });
    await webTier.stop();
  });

  it('reports a reply that cannot be read, and goes on', async () => {
    const { clock, upload, reply, replies, failures } = await webTierWorld();
    const answer = upload('one');
    await replies.send('no JSON');
    await reply('one');
    await clock.advance(0);
    expect(await answer).toEqual({ id: 'one', outcome: ADA });
    expect(failures).toMatchObject([{ code: 'malformed_message' }]);
    expect(await replies.depth()).toEqual(EMPTY);
  });

  it('rests when the response queue cannot be read, and asks again', async () => {
    const { clock, upload, reply, replies, failures } = await webTierWorld();
    const receive = replies.receive.bind(replies);
    replies.receive = () => Promise.reject(new Error('unreachable'));
    await reply('stranger');
    const answer = upload('one');
    await clock.advance(0);
    replies.receive = receive;
    await reply('one');
    await clock.advance(30_000);
    expect(await answer).toEqual({ id: 'one', outcome: ADA });
    expect(failures).toMatchObject([{ message: 'unreachable' }]);
  });
});

describe('the stages of a photo', () => {
  it('are told when they are known: the sending at once, the others by the reply', async () => {
    const { clock, upload, replies, stages } = await webTierWorld();
    void upload('one');
    await clock.advance(0);
    expect(stages).toEqual([['send', 0]]);
    const reply = { id: 'one', fileName: 'one.jpg', outcome: ADA };
    await replies.send(encodeReply({ ...reply, stages: { wait: 5, decode: 7 } }));
    await clock.advance(0);
    expect(stages.slice(1)).toEqual([
      ['wait', 5],
      ['decode', 7],
    ]);
  });
});

describe('a purge of the queues', () => {
  it('ends every wait, whether the photo waits, is in hand, or is being sent', async () => {
    const { clock, upload, requests, ports, webTier, received } = await webTierWorld();
    await ports.replies.send('a reply that nobody has read');
    const inHand = upload('in hand');
    await clock.advance(0);
    await received();
    const queued = upload('queued');
    await clock.advance(0);
    const sent = upload('being sent');
    await webTier.purge('queues');
    for (const answer of [inHand, queued, sent]) {
      await expect(answer).rejects.toMatchObject({ code: 'purged' });
    }
    const after = upload('after');
    await clock.advance(0);
    expect((await requests.depth()).inFlight).toBe(0);
    await ports.replies.send(encodeReply({ id: 'after', fileName: 'after.jpg', outcome: ADA }));
    await clock.advance(0);
    expect(await after).toEqual({ id: 'after', outcome: ADA });
  });

  it('ends those too whose clients were sent away, but no later one', async () => {
    const { clock, upload, webTier } = await webTierWorld({ deadlineMs: 5000 });
    const before = upload('before');
    await clock.advance(5000);
    await expect(before).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await webTier.purge('queues');
    await clock.advance(1);
    const after = upload('after');
    await clock.advance(5000);
    await expect(after).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await webTier.find('before')).toMatchObject({ record: { error: { code: 'purged' } } });
    expect(await webTier.find('after')).toMatchObject({
      record: { id: 'after', fileName: 'after.jpg' },
    });
  });
});

describe('a purge of the buckets', () => {
  it('erases every version of photos and results, and ends no wait', async () => {
    const { clock, upload, reply, webTier, ports } = await webTierWorld();
    for (const bucket of [ports.inputBucket, ports.outputBucket]) {
      await bucket.put('a.jpg', Buffer.from('1'));
      await bucket.put('a.jpg', Buffer.from('2'));
    }
    const answer = upload('one');
    await clock.advance(0);
    await webTier.purge('buckets');
    for (const bucket of [ports.inputBucket, ports.outputBucket]) {
      expect(await keysOf(bucket, { allVersions: true })).toEqual([]);
    }
    await reply('one');
    await clock.advance(0);
    expect(await answer).toEqual({ id: 'one', outcome: ADA });
  });

  it('forgets what is over, and not what is under way after its client was sent away', async () => {
    const { clock, upload, reply, webTier } = await webTierWorld({ deadlineMs: 5000 });
    const over = upload('over');
    await clock.advance(0);
    await reply('over');
    await clock.advance(0);
    await over;
    const late = upload('late');
    late.catch(() => {});
    await clock.advance(5000);
    await webTier.purge('buckets');
    expect((await webTier.find('late'))?.record).toEqual({ id: 'late', fileName: 'late.jpg' });
    expect(await webTier.find('over')).toBeUndefined();
  });
});

describe('what is known of a request', () => {
  const pending = { id: 'one', fileName: 'one.jpg' };
  const result = { ...pending, ...ADA };

  it('is that it is under way while its client waits, then its result', async () => {
    const { clock, upload, reply, webTier } = await webTierWorld();
    const answer = upload('one');
    await clock.advance(0);
    expect((await webTier.find('one'))?.record).toEqual(pending);
    expect(await webTier.find('two')).toBeUndefined();
    await reply('one');
    await clock.advance(0);
    expect(await answer).toEqual({ id: 'one', outcome: ADA });
    expect((await webTier.find('one'))?.record).toEqual(result);
  });

  it('stays known past the deadline and a restart, until a late reply brings the result', async () => {
    const { clock, upload, reply, replies, webTier, ports } = await webTierWorld({
      deadlineMs: 5000,
    });
    const answer = upload('one');
    await clock.advance(5000);
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await webTier.stop();
    await reply('one');
    const restarted = startWebTier(ports);
    expect((await restarted.find('one'))?.record).toEqual(pending);
    await clock.advance(0);
    expect((await restarted.find('one'))?.record).toEqual(result);
    expect(await replies.depth()).toEqual(EMPTY);
  });

  it('is its result, though the web tier gives up waiting only afterwards', async () => {
    const { clock, upload, webTier, ports } = await webTierWorld({ deadlineMs: 5000 });
    const answer = upload('one');
    await new RequestRecords(ports.outputBucket, clock).keep(result);
    await clock.advance(5000);
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect((await webTier.find('one'))?.record).toEqual(result);
  });

  it('is not lost when the bucket is out of reach for a while', async () => {
    const { clock, reply, replies, webTier, ports, failures } = await webTierWorld();
    const { outputBucket } = ports;
    const put = outputBucket.put.bind(outputBucket);
    outputBucket.put = () => Promise.reject(new Error('unreachable'));
    await reply('one');
    await clock.advance(0);
    outputBucket.put = put;
    await clock.advance(31_000);
    expect((await webTier.find('one'))?.record).toEqual(result);
    expect(failures).toMatchObject([{ message: 'unreachable' }]);
    expect(await replies.depth()).toEqual(EMPTY);
  });

  it('costs the bucket nothing when its client was answered', async () => {
    const { clock, upload, reply, ports } = await webTierWorld();
    const answer = upload('one');
    await reply('one');
    await clock.advance(0);
    await answer;
    expect(await keysOf(ports.outputBucket)).toEqual([]);
  });

  it('is forgotten with the buckets', async () => {
    const { clock, upload, reply, webTier } = await webTierWorld();
    const answer = upload('one');
    await clock.advance(0);
    await reply('one');
    await clock.advance(0);
    await answer;
    await webTier.purge('buckets');
    expect(await webTier.find('one')).toBeUndefined();
  });

  it('is forgotten after 5,000 later answers', () => {
    const recent = new RecentRequests();
    for (let count = 0; count <= 5000; count++) {
      recent.begin(`${count}`, 'a.jpg', count);
      recent.end(`${count}`, 'a.jpg', { at: count, outcome: ADA });
    }
    expect(recent.find('0')).toBeUndefined();
    expect(recent.find('1')).toMatchObject({ record: ADA });
    expect(recent.find('5000')).toMatchObject({ record: ADA });
  });

  it('is no condition for the 504: a bucket out of reach is only reported', async () => {
    const { clock, upload, ports, failures } = await webTierWorld({ deadlineMs: 5000 });
    ports.outputBucket.put = () => Promise.reject(new Error('unreachable'));
    const answer = upload('one');
    await clock.advance(5000);
    await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(failures).toMatchObject([{ message: 'unreachable' }]);
  });

  it.each(['', '../one', 'x'.repeat(2000), 'a\0b'])('is nothing for %j', async (id) => {
    const { webTier } = await webTierWorld();
    expect(await webTier.find(id)).toBeUndefined();
  });
});

/** A web tier that waits for what a worker finds on a photo. */
async function enrolment(options = {}) {
  const world = await webTierWorld(options);
  const { galleryBucket } = world.ports;
  const client = new AbortController();
  const photo = { id: 'one', photo: Buffer.from('Ada') };
  const analysis = world.webTier.analyse(photo, client.signal);
  analysis.catch(() => {});
  await world.clock.advance(0);
  const outcome = { faces: [], gallerySize: 0 };
  const reply = (what: Outcome = outcome): Promise<void> =>
    world.replies.send(encodeReply({ id: 'one', kind: 'enrol', fileName: 'photo', outcome: what }));
  const left = () => keysOf(galleryBucket, { allVersions: true });
  return { ...world, client, analysis, galleryBucket, reply, left };
}

describe('a photo to enrol', () => {
  it('goes by the gallery, where a worker leaves what it found, and both are erased', async () => {
    const { clock, received, analysis, galleryBucket, reply, left, ports } = await enrolment();
    const { kind, image } = await received();
    expect(kind).toBe('enrol');
    expect(image).toMatchObject({ bucket: 'gallery-bucket', key: 'enrolling/one/photo' });
    await galleryBucket.put('enrolling/one/faces', Buffer.from('her face'));
    await reply();
    await clock.advance(0);
    expect(Buffer.from(await analysis).toString()).toBe('her face');
    expect(await left()).toEqual([]);
    for (const bucket of [ports.inputBucket, ports.outputBucket]) {
      expect(await keysOf(bucket)).toEqual([]);
    }
  });

  it('that cannot be read is refused by the code of the worker', async () => {
    const { clock, analysis, reply, left } = await enrolment();
    await reply({ error: { code: 'undecodable_image', message: 'It is cut off.' } });
    await clock.advance(0);
    await expect(analysis).rejects.toMatchObject({ code: 'undecodable_image' });
    expect(await left()).toEqual([]);
  });

  it('leaves nothing when its client goes, or no worker comes in time, also of a late reply', async () => {
    const gone = await enrolment();
    gone.client.abort();
    await gone.clock.advance(0);
    await expect(gone.analysis).rejects.toMatchObject({ code: 'abandoned' });
    expect(await gone.left()).toEqual([]);

    const late = await enrolment({ deadlineMs: 5000 });
    await late.clock.advance(5000);
    await expect(late.analysis).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await late.galleryBucket.put('enrolling/one/faces', Buffer.from('her face'));
    await late.reply();
    await late.clock.advance(0);
    expect(await late.left()).toEqual([]);
    expect(await late.replies.depth()).toEqual(EMPTY);
    expect(await late.webTier.find('one')).toBeUndefined();
  });

  it('that a dead web tier left is erased by the next one after an hour', async () => {
    const { clock, galleryBucket, ports, webTier, left } = await enrolment();
    await galleryBucket.put('enrolling/two/photo', Buffer.from('Grace'));
    await clock.advance(3_600_000);
    await galleryBucket.put('enrolling/three/photo', Buffer.from('Alan'));
    const stopped = webTier.stop();
    await clock.advance(20_000);
    await stopped;
    startWebTier(ports);
    await clock.advance(0);
    expect(await left()).toEqual(['enrolling/three/photo']);
  });
});

describe('the latest requests', () => {
  const PHOTO = { bucket: 'in-bucket', key: 'one.jpg', versionId: '1' };

  async function answered() {
    const world = await webTierWorld({ hasJournal: true });
    const { versionId } = await world.inputBucket.put('one.jpg', Buffer.from('pixels'));
    const answer = world.upload('one');
    await world.clock.advance(40);
    const photo = { ...PHOTO, versionId };
    const stages = { wait: 30, recognise: 10 };
    await world.replies.send(
      encodeReply({ id: 'one', fileName: 'one.jpg', outcome: ADA, photo, stages }),
    );
    await world.clock.advance(0);
    await answer;
    await world.received();
    return { ...world, photo };
  }

  it('are told with their times, stages and photos, latest first', async () => {
    const { webTier, upload, clock, photo } = await answered();
    void upload('two');
    await clock.advance(0);
    expect(webTier.list()).toMatchObject([
      { record: { id: 'two', fileName: 'two.jpg' }, number: 40, stages: { send: 0 } },
      {
        record: { id: 'one', ...ADA },
        number: 1,
        stages: { send: 0, wait: 30, recognise: 10 },
        photo,
      },
    ]);
    const [, one] = webTier.list();
    expect(one?.answeredAt).toBe((one?.receivedAt ?? 0) + 40);
    expect(Buffer.from((await webTier.photo('one')) ?? []).toString()).toBe('pixels');
    expect(await webTier.photo('two')).toBeUndefined();
  });

  it('are known to the next web tier, with their photos, until the buckets are purged', async () => {
    const { ports, clock, webTier } = await answered();
    const before = webTier.list();
    const stopped = webTier.stop();
    await clock.advance(20_000);
    await stopped;

    const next = startWebTier(ports);
    await clock.advance(0);
    expect(next.list()).toEqual(before);
    expect((await next.find('one'))?.record).toMatchObject(ADA);
    expect(Buffer.from((await next.photo('one')) ?? []).toString()).toBe('pixels');
    expect(await next.retry('one', 'two')).toBe(true);

    await next.purge('buckets');
    expect(next.list()).toEqual([
      expect.objectContaining({ record: { id: 'two', fileName: 'one.jpg' } }),
    ]);
    const last = startWebTier(ports);
    await clock.advance(0);
    expect(last.list()).toEqual([]);
  });

  it('can be tried again as long as the photo is there', async () => {
    const { webTier, received, clock, inputBucket, photo } = await answered();
    expect(await webTier.retry('one', 'again')).toBe(true);
    expect(await received()).toMatchObject({ id: 'again', fileName: 'one.jpg', image: photo });
    expect(webTier.list()).toMatchObject([{ record: { id: 'again' } }, { record: { id: 'one' } }]);
    expect(await webTier.retry('again', 'more')).toBe(false);
    await clock.advance(60_000);
    expect((await webTier.find('again'))?.record).toEqual({ id: 'again', fileName: 'one.jpg' });
    await inputBucket.purge();
    expect(await webTier.photo('one')).toBeUndefined();
  });

  it('fail when the queue does not take them, and when the queues are purged', async () => {
    const { webTier, upload, clock, ports, requests } = await webTierWorld();
    const waiting = upload('one');
    await clock.advance(0);
    await webTier.purge('queues');
    await expect(waiting).rejects.toMatchObject({ code: 'purged' });
    requests.send = () => Promise.reject(new Error('unreachable'));
    await expect(upload('two')).rejects.toThrow('unreachable');
    expect(webTier.list()).toMatchObject([
      { record: { id: 'two', error: { code: 'internal' } } },
      { record: { id: 'one', error: { code: 'purged' } } },
    ]);
    await ports.outputBucket.purge();
  });

  it('go on when their clients go', async () => {
    const { webTier, upload, clock, reply } = await webTierWorld();
    const client = new AbortController();
    const answer = upload('one', 'pixels', client.signal);
    client.abort();
    await expect(answer).rejects.toMatchObject({ code: 'abandoned' });
    expect(webTier.list()).toMatchObject([{ record: { id: 'one', fileName: 'one.jpg' } }]);
    await reply('one');
    await clock.advance(0);
    expect(webTier.list()).toMatchObject([{ record: ADA }]);
  });
});
