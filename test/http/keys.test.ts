import { request } from 'node:http';

import { describe, expect, it, vi } from 'vitest';

import { KeyRing } from '../../src/access/key-ring.ts';
import type { Role } from '../../src/access/roles.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { RateLimit } from '../../src/http/rate-limit.ts';
import { galleryPeople } from './gallery-people.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

async function keyedServer(...roles: Role[]) {
  const clock = new SteppedClock();
  const keys = new KeyRing(new MemoryStore('gallery-bucket', clock), clock);
  const { key } = await keys.add({ name: 'test', roles });
  const people = galleryPeople();
  const find = vi.spyOn(people, 'find');
  const served = await serve({ keys, people });
  const call = (path: string, bearer = key, { headers, ...init }: Init = {}): Promise<Response> =>
    fetch(`${served.url}${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${bearer}`, ...headers },
    });
  return { ...served, clock, keys, key, people, find, call };
}

describe('a key', () => {
  it('opens what its roles say, and nothing else', async () => {
    const { call } = await keyedServer('people');
    expect((await call('/v1/people')).status).toBe(200);
    const settings = await call('/v1/settings');
    expect(settings.status).toBe(403);
    expect(await settings.json()).toMatchObject({ error: { code: 'role_needed' } });
    const wrong = await call('/v1/people', 'ff_00000000_nothing');
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await wrong.json()).toMatchObject({ error: { code: 'key_needed' } });
  });

  it('of recognition closes POST / to everybody else', async () => {
    const { url, call } = await keyedServer('recognise');
    const body = await photo();
    const send = { method: 'POST', body, headers: { 'Content-Type': 'image/jpeg' } };
    expect((await fetch(url, send)).status).toBe(401);
    expect((await call('/', undefined, send)).status).toBe(200);
    expect((await call('/v1/recognitions', undefined, send)).status).toBe(200);
  });

  it('that is revoked while its upload arrives enrols nobody', async () => {
    const { port, key, keys, people, find, clock } = await keyedServer('people');
    const { id } = await people.create('Ada');
    const bytes = await photo();
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const upload = request(
        {
          port,
          path: `/v1/people/${id}/faces`,
          method: 'POST',
          headers: { 'Content-Type': 'image/jpeg', Authorization: `Bearer ${key}` },
        },
        (response) => resolve(response.resume().statusCode),
      );
      upload.on('error', reject);
      upload.write(bytes.subarray(0, 100));
      void (async () => {
        // The key has been looked at when the person is.
        await vi.waitFor(() => expect(find).toHaveBeenCalled(), 10_000);
        await keys.revoke('test');
        await clock.advance(2000);
        upload.end(bytes.subarray(100));
      })();
    });
    expect(await answered).toBe(401);
    expect((await people.find(id)).faces).toEqual([]);
  });

  it('is named in the line that every change leaves in the log', async () => {
    const { call, log, people } = await keyedServer('people');
    const { id } = await people.create('Ada');
    await call(`/v1/people/${id}`, undefined, { method: 'DELETE' });
    await call('/v1/people');
    expect(log.filter(({ msg }) => msg === 'changed')).toMatchObject([
      { act: 'DELETE /v1/people/{id}', on: `/v1/people/${id}`, by: 'test', status: 204 },
    ]);
  });

  it('may be wrong twenty times from one address, and good after that', async () => {
    const { call } = await keyedServer('people');
    for (let wrong = 0; wrong < 20; wrong++) {
      expect((await call('/v1/people', 'wrong')).status).toBe(401);
    }
    const refused = await call('/v1/people', 'wrong');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).not.toBeNull();
    // Who has a good one may come from that address too.
    expect((await call('/v1/people')).status).toBe(200);
  });
});

it('a rate limit lets each client have a burst, then so many a second', () => {
  let seconds = 0;
  const limit = new RateLimit({ burst: 3, perSecond: 2, now: () => seconds });
  const takes = (client: string): number => {
    for (let count = 0; ; count++) {
      try {
        limit.take(client);
      } catch {
        return count;
      }
    }
  };
  expect(takes('one')).toBe(3);
  expect(takes('two')).toBe(3);
  expect(() => limit.take('one')).toThrow('Too many requests');
  seconds = 1;
  expect(takes('one')).toBe(2);
  seconds = 100;
  expect(takes('one')).toBe(3);
});
