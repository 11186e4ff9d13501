import { describe, expect, it } from 'vitest';
import { toPromise } from 'xstate';

import { sleep } from '../../src/bus/clock.ts';
import { PhotoRejectedError } from '../../src/bus/errors.ts';
import { RequestRecords } from '../../src/machines/request-records.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { ADA, EMPTY, photo, WorkerWorld } from './worker-world.ts';

const VERSION = { etag: 'etag', versionId: '7' };

const never = (): Promise<never> => new Promise(() => {});

describe('a worker with a photo', () => {
  it('stores it, replies, stores the result, deletes the request', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker();
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);

    expect(await world.replies()).toEqual([
      {
        v: 1,
        id: 'one',
        kind: 'recognise',
        fileName: 'one.jpg',
        outcome: ADA,
        photo: { bucket: 'in-bucket', key: 'one.jpg', versionId: '1' },
        stages: expect.anything() as unknown,
      },
    ]);
    const { body } = await world.inputBucket.get('one.jpg');
    expect(Buffer.from(body).toString()).toBe('pixels');
    expect(await world.result('one.jpg')).toEqual({ id: 'one', fileName: 'one.jpg', ...ADA });
    expect(await world.depth()).toEqual(EMPTY);
    expect(world.emitted).toEqual([{ type: 'busy', requestId: 'one' }, { type: 'idle' }]);
  });

  it('reads one that came by the bucket in the very version that was sent', async () => {
    const world = await WorkerWorld.create();
    const seen: string[] = [];
    await world.startWorker({
      decode: async (bytes) => {
        seen.push(Buffer.from(bytes).toString());
        return { bytes, recognise: async () => ADA };
      },
    });
    const { versionId } = await world.inputBucket.put('one.jpg', Buffer.from('mine'));
    await world.inputBucket.put('one.jpg', Buffer.from('another upload of that name'));
    await world.request('one', { bucket: 'in-bucket', key: 'one.jpg', versionId });
    await world.clock.advance(0);
    expect(seen).toEqual(['mine']);
    expect(await world.replies()).toHaveLength(1);
  });

  it('looks at one to enrol where it lies, and leaves word of the faces there and nowhere else', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker();
    const { versionId } = await world.galleryBucket.put('enrolling/one/photo', Buffer.from('Ada'));
    const image = { bucket: 'gallery-bucket', key: 'enrolling/one/photo', versionId };
    await world.request('one', image, 'enrol');
    await world.clock.advance(0);
    expect(await world.replies()).toMatchObject([
      { id: 'one', kind: 'enrol', outcome: { faces: [] } },
    ]);
    const { body } = await world.galleryBucket.get('enrolling/one/faces');
    expect(Buffer.from(body).toString()).toBe('Ada');
    expect(await keysOf(world.inputBucket)).toEqual([]);
    expect(await keysOf(world.outputBucket)).toEqual([]);
    expect(await world.depth()).toEqual(EMPTY);
  });

  it('answers with the reason when nobody can decode it, and deletes the request', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker({
      decode: async () => {
        throw new PhotoRejectedError('undecodable_image', 'It is cut off.');
      },
    });
    await world.request('one', photo('half'));
    await world.clock.advance(0);
    const outcome = { error: { code: 'undecodable_image', message: 'It is cut off.' } };
    expect(await world.replies()).toMatchObject([{ id: 'one', outcome }]);
    expect(await world.result('one.jpg')).toMatchObject(outcome);
    expect(await world.depth()).toEqual(EMPTY);
  });

  it('says so when it was removed from the bucket meanwhile', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker();
    await world.request('one', { bucket: 'in-bucket', key: 'gone.jpg', versionId: '1' });
    await world.clock.advance(0);
    expect(await world.replies()).toMatchObject([{ outcome: { error: { code: 'photo_gone' } } }]);
  });

  it('is answered with how long each stage took', async () => {
    const world = await WorkerWorld.create();
    const { clock } = world;
    await world.request('one', photo('pixels'));
    await clock.advance(300);
    const inputBucket = Object.assign(Object.create(world.inputBucket), {
      put: () => sleep(clock, 20).then(() => VERSION),
    });
    await world.startWorker({
      inputBucket,
      async decode(bytes) {
        await sleep(clock, 40);
        return {
          bytes,
          async recognise(onStep) {
            await sleep(clock, 100);
            onStep?.('detect', 20.04);
            onStep?.('detect', 30);
            return ADA;
          },
        };
      },
    });
    await clock.advance(200);
    expect(await world.replies()).toMatchObject([
      {
        photo: { bucket: 'in-bucket', key: 'one.jpg', versionId: '7' },
        stages: { wait: 300, decode: 40, store_photo: 20, detect: 50, recognise: 100 },
      },
    ]);
  });

  it('is finished although the queue to answer on is gone, and its result found by its id', async () => {
    const world = await WorkerWorld.create();
    await world.queues.remove('resp-queue');
    await world.startWorker();
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    expect(await world.result('one.jpg')).toMatchObject({ id: 'one' });
    expect(await world.result('requests/one')).toEqual(await world.result('one.jpg'));
    expect(await world.depth()).toEqual(EMPTY);
  });

  it('keeps it hidden from others for as long as it works on it', async () => {
    const world = await WorkerWorld.create();
    let finish: (() => void) | undefined;
    await world.startWorker({
      decode: async (bytes) => ({
        bytes,
        recognise: () => new Promise((resolve) => (finish = () => resolve(ADA))),
      }),
    });
    await world.request('one', photo('slow'));
    await world.clock.advance(100_000);
    expect(await world.depth()).toEqual({ ...EMPTY, inFlight: 1 });
    finish?.();
    await world.clock.advance(0);
    expect(await world.replies()).toHaveLength(1);
    expect(await world.depth()).toEqual(EMPTY);
  });
});

describe('a failure of ours', () => {
  it('puts the photo back, to be tried again soon', async () => {
    const world = await WorkerWorld.create();
    let failures = 2;
    await world.startWorker({
      decode: async (bytes) => {
        if (failures-- > 0) throw new Error('disk on fire');
        return { bytes, recognise: async () => ADA };
      },
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    expect(await world.replies()).toEqual([]);
    await world.clock.advance(3000);
    expect(await world.replies()).toMatchObject([{ outcome: ADA }]);
    const reported = world.emitted.filter(({ type }) => type === 'failed');
    expect(reported).toMatchObject([
      { step: 'decode', receiveCount: 1, requestId: 'one' },
      { step: 'decode', receiveCount: 2, requestId: 'one' },
    ]);
  });

  it('is answered on the last permitted receipt, and the request kept as a dead letter', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker({
      decode: async () => {
        throw new Error('always');
      },
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(1000 + 2000 + 4000 + 8000 - 1);
    expect(await world.replies()).toEqual([]);
    await world.clock.advance(1);
    expect(await world.replies()).toMatchObject([{ outcome: { error: { code: 'internal' } } }]);
    await world.clock.advance(60_000);
    expect(await world.replies()).toEqual([]);
    expect(await world.depth()).toEqual(EMPTY);
    expect(await world.depth('dead-letter-queue')).toEqual({ ...EMPTY, visible: 1 });
  });

  it('is answered although the faces were found: the photo could not be stored', async () => {
    const world = await WorkerWorld.create();
    const inputBucket = Object.assign(Object.create(world.inputBucket), {
      put: async () => {
        throw new Error('disk full');
      },
    });
    await world.startWorker({ inputBucket });
    await world.request('one', photo('pixels'));
    await world.clock.advance(120_000);
    expect(await world.replies()).toMatchObject([{ outcome: { error: { code: 'internal' } } }]);
    expect(await world.depth('dead-letter-queue')).toEqual({ ...EMPTY, visible: 1 });
  });

  it('finds the faces while the photo is on its way to the bucket', async () => {
    const world = await WorkerWorld.create();
    const steps: string[] = [];
    let stored: (() => void) | undefined;
    const inputBucket = Object.assign(Object.create(world.inputBucket), {
      put: () => new Promise((resolve) => (stored = () => resolve(VERSION))),
    });
    await world.startWorker({
      inputBucket,
      decode: async (bytes) => ({
        bytes,
        recognise: async () => {
          steps.push('recognised');
          return ADA;
        },
      }),
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    expect(steps).toEqual(['recognised']);
    expect(await world.replies()).toEqual([]);
    stored?.();
    await world.clock.advance(0);
    expect(await world.replies()).toMatchObject([{ outcome: ADA }]);
  });

  it('does not take back an answer that was given', async () => {
    const world = await WorkerWorld.create();
    const outputBucket = Object.assign(Object.create(world.outputBucket), {
      put: async () => {
        throw new Error('disk full');
      },
    });
    await world.startWorker({ outputBucket });
    await world.request('one', photo('pixels'));
    await world.clock.advance(120_000);
    const replies = await world.replies();
    expect(replies).toHaveLength(5);
    expect(replies.every(({ outcome }) => 'faces' in outcome)).toBe(true);
    expect(await world.depth('dead-letter-queue')).toEqual({ ...EMPTY, visible: 1 });
  });

  it('in a message that is none ends as a dead letter, and the worker goes on', async () => {
    const world = await WorkerWorld.create();
    await world.startWorker();
    await (await world.queues.open('req-queue')).send('no JSON');
    await world.clock.advance(120_000);
    expect(await world.depth('dead-letter-queue')).toEqual({ ...EMPTY, visible: 1 });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    expect(await world.replies()).toHaveLength(1);
  });

  it('of the queue makes the worker rest and ask again', async () => {
    const world = await WorkerWorld.create();
    const requests = await world.queues.open('req-queue');
    let failures = 1;
    const flaky = Object.assign(Object.create(requests), {
      receive: (options: Parameters<typeof requests.receive>[0]) =>
        failures-- > 0 ? Promise.reject(new Error('unreachable')) : requests.receive(options),
    });
    await world.startWorker({ requests: flaky });
    await world.request('one', photo('pixels'));
    await world.clock.advance(999);
    expect(await world.replies()).toEqual([]);
    await world.clock.advance(1);
    expect(await world.replies()).toHaveLength(1);
  });
});

describe('a worker that is told to drain', () => {
  it('ends at once when it has nothing in hand', async () => {
    const world = await WorkerWorld.create();
    const worker = await world.startWorker();
    await world.clock.advance(2000);
    worker.send({ type: 'DRAIN' });
    await world.clock.advance(0);
    expect(await toPromise(worker)).toEqual({ reason: 'drained' });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    expect(await world.depth()).toEqual({ ...EMPTY, visible: 1 });
  });

  it('finishes the photo in hand and takes no more', async () => {
    const world = await WorkerWorld.create();
    let finish: (() => void) | undefined;
    const worker = await world.startWorker({
      decode: async (bytes) => ({
        bytes,
        recognise: () => new Promise((resolve) => (finish = () => resolve(ADA))),
      }),
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    await world.request('two', photo('pixels'));
    worker.send({ type: 'DRAIN' });
    await world.clock.advance(0);
    expect(worker.getSnapshot().status).toBe('active');
    finish?.();
    await world.clock.advance(0);
    expect(await toPromise(worker)).toEqual({ reason: 'drained' });
    expect(await world.replies()).toMatchObject([{ id: 'one' }]);
    expect(await world.depth()).toEqual({ ...EMPTY, visible: 1 });
  });
});

describe('a photo that hangs', () => {
  it('comes back for another worker, and its worker ends as hung', async () => {
    const world = await WorkerWorld.create();
    const worker = await world.startWorker({
      decode: async (bytes) => ({ bytes, recognise: never }),
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(150_000);
    expect(await toPromise(worker)).toEqual({ reason: 'hung' });
    await world.startWorker();
    await world.clock.advance(0);
    expect(await world.replies()).toMatchObject([{ id: 'one', outcome: ADA }]);
  });
});

describe('a message that was lost to another worker', () => {
  it('is let go', async () => {
    const world = await WorkerWorld.create();
    const worker = await world.startWorker({
      decode: async (bytes) => ({ bytes, recognise: never }),
    });
    await world.request('one', photo('pixels'));
    await world.clock.advance(0);
    await (await world.queues.open('req-queue')).purge();
    await world.clock.advance(15_000);
    expect(worker.getSnapshot().value).toBe('receiving');
    expect(world.emitted).toContainEqual(
      expect.objectContaining({ type: 'failed', step: 'keepHidden', requestId: 'one' }),
    );
  });
});

describe('a photo that kills every worker', () => {
  it('counts as failed once nobody can have it in hand any more', async () => {
    const world = await WorkerWorld.create();
    const records = new RequestRecords(world.outputBucket, world.clock);
    const pending = { id: 'one', fileName: 'one.jpg' };
    await world.request('one', photo('pixels'));
    await records.keepPending('one', 'one.jpg');
    for (let tries = 1; tries <= 5; tries++) {
      expect(await records.find('one')).toEqual(pending);
      const worker = await world.startWorker({
        decode: async (bytes) => ({ bytes, recognise: never }),
      });
      await world.clock.advance(0);
      worker.stop();
      await world.clock.advance(30_000);
    }
    const other = await world.startWorker();
    await world.clock.advance(120_000 - 1);
    expect(await world.depth('dead-letter-queue')).toEqual({ ...EMPTY, visible: 1 });
    expect(await records.find('one')).toEqual(pending);
    await world.clock.advance(1);
    expect(await records.find('one')).toMatchObject({ ...pending, error: { code: 'internal' } });

    // The operator mended what was wrong, and put it back into its queue.
    await records.keep({ ...pending, ...ADA });
    expect(await records.find('one')).toEqual({ ...pending, ...ADA });
    other.stop();
  });
});
