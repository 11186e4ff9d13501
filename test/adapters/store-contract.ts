import { describe, expect, it, onTestFinished } from 'vitest';

import { KeyInvalidError, NoSuchKeyError, PreconditionFailedError } from '../../src/bus/errors.ts';
import { objectKeyOf } from '../../src/bus/object-key.ts';
import type { ListOptions, ObjectEntry, ObjectStore } from '../../src/bus/store.ts';

/** A bucket of some adapter, empty at first. */
export interface StoreHarness {
  readonly store: ObjectStore;
  readonly close: () => Promise<void>;
}

/** In what a server that stands in for S3 is known to differ from it. */
export interface StorePeculiarities {
  /** Keys that its HTTP server has no route for. */
  readonly unroutableKeys?: readonly string[];
}

/** Keys that are data to a store, whatever they would mean to a file system or in a URL. */
const ODD_KEYS = [
  '../../etc/passwd',
  '..',
  '.',
  '/',
  '//a',
  'a',
  'a/',
  'a/b',
  'A',
  'a\0b',
  'a\nb',
  'ab',
  'con',
  'photo.jpg ',
  'photo.jpg.',
  '%2e%2e',
  'a?b#c&d+e',
  'é',
  'e\u0301',
  '😀'.repeat(256),
  'x'.repeat(1024),
  objectKeyOf('😀'.repeat(300)),
  objectKeyOf('../x'),
];

/** Of a test that makes more than a thousand calls. */
const MANY = { timeout: 180_000 };

/** What every bucket must do; it assumes no more than S3 gives. */
export function storeContract(
  adapter: string,
  open: () => Promise<StoreHarness>,
  { unroutableKeys = [] }: StorePeculiarities = {},
): void {
  const oddKeys = ODD_KEYS.filter((key) => !unroutableKeys.includes(key));
  const storeForTest = async (): Promise<ObjectStore> => {
    const { store, close } = await open();
    onTestFinished(close);
    return store;
  };

  describe(`the store on ${adapter}`, () => {
    it('gives back what was put, and describes it', async () => {
      const store = await storeForTest();
      const body = new Uint8Array(Array.from({ length: 256 }, (_, i) => i));
      const put = await store.put('photo.jpg', body, { contentType: 'image/jpeg' });
      const expected = { key: 'photo.jpg', size: 256, contentType: 'image/jpeg', ...put };
      const got = await store.get('photo.jpg');
      expect(got).toMatchObject(expected);
      expect(Buffer.from(got.body).equals(body)).toBe(true);
      expect(got.lastModified).toBeGreaterThan(0);
      expect(await store.head('photo.jpg')).toMatchObject(expected);
    });

    it.each([0, 1, 70_000, 3_000_000])('stores a body of %i bytes', async (size) => {
      const store = await storeForTest();
      const body = Buffer.alloc(size, 'facefleet');
      await store.put('body', body);
      expect(body.equals((await store.get('body')).body)).toBe(true);
      expect(await store.head('body')).toMatchObject({
        size,
        contentType: 'application/octet-stream',
      });
    });

    it('keeps the bytes it was given, though their buffer is used again', async () => {
      const store = await storeForTest();
      const body = Buffer.from('before');
      const putting = store.put('key', body);
      await putting;
      body.write('after!');
      expect(await textOf(store, 'key')).toBe('before');
    });

    it('says that nothing is stored under an unknown key or version', async () => {
      const store = await storeForTest();
      await expect(store.get('nothing')).rejects.toThrow(NoSuchKeyError);
      expect(await store.head('nothing')).toBeUndefined();
      const { versionId } = await store.put('key', text('1'));
      await store.delete('key', { versionId });
      await store.put('key', text('2'));
      await expect(store.get('key', { versionId })).rejects.toThrow(NoSuchKeyError);
      expect(await store.head('key', { versionId })).toBeUndefined();
    });

    it('keeps every earlier version', async () => {
      const store = await storeForTest();
      const versions = [];
      for (const body of ['one', 'two', 'three']) versions.push(await store.put('key', text(body)));
      const bodies = [];
      for (const { versionId } of versions) bodies.push(await textOf(store, 'key', versionId));
      expect(bodies).toEqual(['one', 'two', 'three']);
      expect(await textOf(store, 'key')).toBe('three');
      expect(new Set(versions.map(({ versionId }) => versionId)).size).toBe(3);
    });

    it('names equal contents by equal ETags, and different ones by different ETags', async () => {
      const store = await storeForTest();
      const one = await store.put('key', text('one'));
      const two = await store.put('key', text('two'));
      const oneAgain = await store.put('key', text('one'));
      expect(two.etag).not.toBe(one.etag);
      expect(oneAgain.etag).toBe(one.etag);
      expect(oneAgain.versionId).not.toBe(one.versionId);
    });

    it('writes only over the object that the writer has seen', async () => {
      const store = await storeForTest();
      const first = await store.put('gallery', text('1'));
      const second = await store.put('gallery', text('2'), { ifMatch: first.etag });
      await expect(store.put('gallery', text('3'), { ifMatch: first.etag })).rejects.toThrow(
        PreconditionFailedError,
      );
      await store.put('gallery', text('4'), { ifMatch: second.etag });
      expect(await textOf(store, 'gallery')).toBe('4');
      expect(await keysOf(store, { allVersions: true })).toHaveLength(3);
    });

    it('writes only where there is nothing, when the writer expects nothing', async () => {
      const store = await storeForTest();
      await store.put('lease', text('a'), { ifNoneMatch: '*' });
      await expect(store.put('lease', text('b'), { ifNoneMatch: '*' })).rejects.toThrow(
        PreconditionFailedError,
      );
      await store.delete('lease');
      await store.put('lease', text('c'), { ifNoneMatch: '*' });
      expect(await textOf(store, 'lease')).toBe('c');
    });

    it.each([100, 100_000])('lets one of many conditional writers win (%i bytes)', async (size) => {
      const store = await storeForTest();
      const { etag } = await store.put('gallery', text('0'));
      const writers = Array.from({ length: 8 }, (_, i) =>
        store.put('gallery', Buffer.alloc(size, `${i}`), { ifMatch: etag }),
      );
      const outcomes = await Promise.allSettled(writers);
      const losses = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(losses).toHaveLength(7);
      for (const { reason } of losses) expect(reason).toBeInstanceOf(PreconditionFailedError);
    });

    it('keeps both of two objects put under one key at once, as versions', async () => {
      const store = await storeForTest();
      const puts = await Promise.all([store.put('p', text('a')), store.put('p', text('b'))]);
      const bodies = await Promise.all(puts.map(({ versionId }) => textOf(store, 'p', versionId)));
      expect(bodies).toEqual(['a', 'b']);
    });

    it('hides a deleted object, but not its versions', async () => {
      const store = await storeForTest();
      const { versionId } = await store.put('key', text('kept'));
      await store.delete('key');
      await expect(store.get('key')).rejects.toThrow(NoSuchKeyError);
      expect(await store.head('key')).toBeUndefined();
      expect(await keysOf(store)).toEqual([]);
      expect(await textOf(store, 'key', versionId)).toBe('kept');
      expect(await keysOf(store, { allVersions: true })).toEqual(['key']);
    });

    it('deletes what is not there without complaint', async () => {
      const store = await storeForTest();
      await store.delete('nothing');
      await store.delete('nothing', { allVersions: true });
      await store.put('key', text('there'));
      await store.delete('key');
      await store.delete('key');
      expect(await keysOf(store)).toEqual([]);
    });

    it('erases every version when asked to', async () => {
      const store = await storeForTest();
      const versions = [
        await store.put('person', text('1')),
        await store.put('person', Buffer.alloc(100_000)),
      ];
      await store.delete('person');
      versions.push(await store.put('person', text('3')));
      await store.put('person 2', text('other'));
      await store.delete('person', { allVersions: true });
      for (const { versionId } of versions) {
        await expect(store.get('person', { versionId })).rejects.toThrow(NoSuchKeyError);
      }
      expect(await keysOf(store, { allVersions: true })).toEqual(['person 2']);
      await store.put('person', text('anew'));
      expect(await textOf(store, 'person')).toBe('anew');
      expect(await keysOf(store, { prefix: 'person', allVersions: true })).toHaveLength(2);
    });

    it('erases one version when asked to, and the one before is current again', async () => {
      const store = await storeForTest();
      const first = await store.put('key', text('1'));
      const second = await store.put('key', text('2'));
      await store.put('key', text('3'));
      await store.delete('key', { versionId: second.versionId });
      expect(await textOf(store, 'key')).toBe('3');
      const third = await store.head('key');
      await store.delete('key', { versionId: third?.versionId ?? '' });
      expect(await textOf(store, 'key')).toBe('1');
      await store.delete('key', { versionId: first.versionId });
      expect(await keysOf(store, { allVersions: true })).toEqual([]);
    });

    it('lists keys in the order of their bytes, current versions only', async () => {
      const store = await storeForTest();
      for (const key of oddKeys) await store.put(key, text(key));
      await store.put('a', text('again'));
      expect(await keysOf(store)).toEqual(inByteOrder(oddKeys));
    });

    it('lists the keys that begin with a prefix', async () => {
      const store = await storeForTest();
      for (const key of oddKeys) await store.put(key, text(key));
      for (const prefix of ['a', 'a/', 'é', '😀', 'zzz']) {
        const expected = inByteOrder(oddKeys).filter((key) => key.startsWith(prefix));
        expect(await keysOf(store, { prefix })).toEqual(expected);
      }
    });

    it('lists versions of one key newest first', async () => {
      const store = await storeForTest();
      const first = await store.put('b', text('1'));
      const second = await store.put('b', text('2'));
      await store.put('a', text('x'));
      const listed = await entriesOf(store, { allVersions: true });
      expect(listed.map(({ key }) => key)).toEqual(['a', 'b', 'b']);
      expect(listed.slice(1)).toMatchObject([second, first]);
    });

    it('lists, and erases, more objects than fit one page', MANY, async () => {
      const store = await storeForTest();
      const keys = Array.from({ length: 1100 }, (_, i) => `key-${String(i).padStart(5, '0')}`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, text(key))));
      }
      expect(await keysOf(store)).toEqual(keys);
      await store.purge();
      expect(await keysOf(store, { allVersions: true })).toEqual([]);
    });

    it('takes odd keys for what they are', async () => {
      const store = await storeForTest();
      for (const key of oddKeys) await store.put(key, text(key));
      for (const key of oddKeys) expect(await textOf(store, key)).toBe(key);
      await store.delete('a', { allVersions: true });
      expect(await keysOf(store)).toEqual(inByteOrder(oddKeys).filter((key) => key !== 'a'));
      await store.purge();
      expect(await keysOf(store, { allVersions: true })).toEqual([]);
    });

    it.each(['', 'x'.repeat(1025), '😀'.repeat(257), 'lone \ud800 surrogate'])(
      'refuses a key that cannot be one',
      async (key) => {
        const store = await storeForTest();
        await expect(store.put(key, text('x'))).rejects.toThrow(KeyInvalidError);
        await expect(store.get(key)).rejects.toThrow(KeyInvalidError);
      },
    );

    it('erases everything in a purge', async () => {
      const store = await storeForTest();
      const { versionId } = await store.put('a', text('1'));
      await store.put('a', Buffer.alloc(100_000));
      await store.put('b', text('2'));
      await store.delete('b');
      await store.purge();
      expect(await keysOf(store, { allVersions: true })).toEqual([]);
      await expect(store.get('a', { versionId })).rejects.toThrow(NoSuchKeyError);
      await store.put('a', text('fresh'));
      expect(await textOf(store, 'a')).toBe('fresh');
    });
  });
}

export const text = (content: string): Uint8Array => Buffer.from(content);

export async function textOf(store: ObjectStore, key: string, versionId?: string): Promise<string> {
  const { body } = await store.get(key, versionId === undefined ? {} : { versionId });
  return Buffer.from(body).toString();
}

async function entriesOf(store: ObjectStore, options?: ListOptions): Promise<ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  for await (const entry of store.list(options)) entries.push(entry);
  return entries;
}

export const keysOf = async (store: ObjectStore, options?: ListOptions): Promise<string[]> =>
  (await entriesOf(store, options)).map(({ key }) => key);

const inByteOrder = (keys: readonly string[]): string[] =>
  keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
