import { describe, expect, it } from 'vitest';

import type { MeasuredFace } from '../../src/people/photo-analysis.ts';
import { analysisOf, galleryPeople, type Look } from './gallery-people.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly faces: readonly {
    readonly id: string;
    readonly portrait: string;
    readonly photo: string;
  }[];
}

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

async function api(look?: Look) {
  const people = galleryPeople(look);
  const { url, log } = await serve({ people });
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: isJson ? (JSON.parse(text) as unknown) : text,
    };
  };
  const send = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    ask(path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const create = async (name: string): Promise<Person> =>
    (await send('POST', '/v1/people', { name })).body as Person;
  const enrol = async (id: string, bytes: Uint8Array<ArrayBuffer>, query = ''): Promise<Answer> =>
    ask(`/v1/people/${id}/faces${query}`, {
      method: 'POST',
      body: bytes,
      headers: { 'Content-Type': 'image/jpeg' },
    });
  const names = async (query = ''): Promise<string[]> =>
    ((await ask(`/v1/people${query}`)).body.people as Person[]).map(({ name }) => name);
  return { people, url, log, ask, send, create, enrol, names };
}

/** A photo that is like no other. */
const photoOf = async (index: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(Buffer.concat([await photo(), Buffer.from([index])]));

/** Each photo shows one face, by its last byte. */
const byLastByte: Look = (bytes) => {
  const embedding = [0, 0, 0, 0];
  embedding[bytes.at(-1) ?? 0] = 1;
  return analysisOf(embedding);
};

describe('GET /v1/people', () => {
  it('tells page by page who there is, by name, and finds names without regard to case and accents', async () => {
    const { create, ask, names } = await api();
    for (const name of ['Zoë', 'Ada', 'Åsa 10', 'Åsa 2', '<b>Bo</b>', '😀']) await create(name);
    expect(await names()).toEqual(['<b>Bo</b>', '😀', 'Ada', 'Åsa 2', 'Åsa 10', 'Zoë']);
    expect(await names('?search=ASA')).toEqual(['Åsa 2', 'Åsa 10']);
    expect(await names('?search=zoe')).toEqual(['Zoë']);

    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await ask(`/v1/people?limit=4${next && `&after=${next}`}`);
      expect(body.total).toBe(6);
      seen.push(...(body.people as Person[]).map(({ name }) => name));
      next = body.next as string | null;
    }
    expect(seen).toEqual(await names());
  });

  it('says 304 until something changes', async () => {
    const { create, ask } = await api();
    await create('Ada');
    const { etag } = await ask('/v1/people');
    const again = { headers: conditional(etag) };
    expect((await ask('/v1/people', again)).status).toBe(304);
    await create('Grace');
    expect((await ask('/v1/people', again)).status).toBe(200);
  });

  it.each(['?limit=0', '?limit=1e9', '?limit=x', '?search=a&search=b'])(
    'refuses %s, and says what is wrong with it',
    async (query) => {
      const { ask } = await api();
      const { status, body } = await ask(`/v1/people${query}`);
      expect(status).toBe(400);
      const { code, message } = body.error;
      expect(code).toBe('malformed_request');
      expect(message).toMatch(/^The query is not what this address takes: (limit|search): [^✖]+$/);
    },
  );
});

describe('a person', () => {
  it('is made, renamed and erased', async () => {
    const { create, send, ask, names } = await api();
    const { id } = await create('Ada');
    expect(await send('PATCH', `/v1/people/${id}`, { name: 'Grace' })).toMatchObject({
      status: 200,
      body: { id, name: 'Grace', faces: [] },
    });
    expect(await names()).toEqual(['Grace']);
    expect((await send('DELETE', `/v1/people/${id}`)).status).toBe(204);
    expect(await names()).toEqual([]);
    for (const gone of [await ask(`/v1/people/${id}`), await send('DELETE', `/v1/people/${id}`)]) {
      expect(gone).toMatchObject({ status: 404, body: { error: { code: 'person_unknown' } } });
    }
  });

  it('is changed only as the caller saw them', async () => {
    const { create, send, ask, names } = await api();
    const { id } = await create('Ada');
    const { etag } = await ask(`/v1/people/${id}`);
    const headers = { 'If-Match': etag ?? '' };
    const renamed = await send('PATCH', `/v1/people/${id}`, { name: 'Grace' }, headers);
    expect(renamed.status).toBe(200);
    expect(renamed.etag).not.toBe(etag);
    for (const [method, body] of [
      ['PATCH', { name: 'Alan' }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await send(method, `/v1/people/${id}`, body, headers);
      expect(refused).toMatchObject({
        status: 412,
        body: { error: { code: 'changed_meanwhile' } },
      });
    }
    expect(await names()).toEqual(['Grace']);
  });

  it.each([
    ['', 422, 'invalid_name'],
    ['  ', 422, 'invalid_name'],
    ['a\nb', 422, 'invalid_name'],
    ['x'.repeat(300), 422, 'invalid_name'],
    ['unknown', 422, 'reserved_name'],
    ['no_face', 422, 'reserved_name'],
    ['Ada', 409, 'name_taken'],
    [7, 400, 'malformed_request'],
  ])('is not called %j', async (name, status, code) => {
    const { create, send, names } = await api();
    const { id } = await create('Ada');
    const other = await create('Grace');
    expect(await send('POST', '/v1/people', { name })).toMatchObject({
      status,
      body: { error: { code } },
    });
    const renamed = await send('PATCH', `/v1/people/${other.id}`, { name });
    expect(renamed).toMatchObject({ status, body: { error: { code } } });
    const details = code === 'name_taken' ? { person: id } : undefined;
    expect(renamed.body.error.details).toEqual(details);
    expect(await names()).toEqual(['Ada', 'Grace']);
  });
});

describe('POST /v1/people/{id}/faces', () => {
  it('enrols a photo once, and shows it and the face', async () => {
    const { create, enrol, ask, people } = await api();
    const { id } = await create('Ada');
    const bytes = await photoOf(0);
    const first = await enrol(id, bytes);
    expect(first).toMatchObject({ status: 201, body: { person: { name: 'Ada' }, hints: [] } });
    const [face] = (first.body.person as Person).faces;
    expect(first.body.face).toBe(face?.id);
    expect((await ask(face?.portrait ?? '')).body).toBe('the portrait of 1 0 0 0');
    expect(Buffer.from(await people.photo(id, face?.id ?? ''))).toEqual(Buffer.from(bytes));
    const { etag } = await ask(face?.photo ?? '');
    const fresh = await ask(face?.photo ?? '', { headers: conditional(etag) });
    expect(fresh.status).toBe(304);

    expect(await enrol(id, bytes)).toMatchObject({ status: 200, body: { face: face?.id } });
    expect((await ask(`/v1/people/${id}/faces`)).body).toEqual({ faces: [face] });
  });

  it('takes a photo as a file of a form', async () => {
    const { create, url } = await api();
    const { id } = await create('Ada');
    const form = new FormData();
    form.append('photo', new Blob([await photo()]), 'ada.jpg');
    const { status } = await fetch(`${url}/v1/people/${id}/faces`, { method: 'POST', body: form });
    expect(status).toBe(201);
    form.append('another', new Blob([await photo()]), 'grace.jpg');
    const both = await fetch(`${url}/v1/people/${id}/faces`, { method: 'POST', body: form });
    expect(both.status).toBe(413);
  });

  it('asks which of several faces is meant', async () => {
    const { create, enrol } = await api(() => analysisOf([1, 0, 0, 0], [0, 1, 0, 0]));
    const { id } = await create('Ada');
    const asked = await enrol(id, await photo());
    expect(asked).toMatchObject({ status: 409, body: { error: { code: 'several_faces' } } });
    expect(asked.body.error.details.faces).toEqual([
      { box: { x: 0, y: 5, width: 80, height: 80 }, score: 0.99 },
      { box: { x: 90, y: 5, width: 80, height: 80 }, score: 0.99 },
    ]);
    expect((await enrol(id, await photo(), '?face=2')).status).toBe(409);
    const chosen = await enrol(id, await photo(), '?face=1');
    expect(chosen.status).toBe(201);
  });

  it('says whom a face looks like, and takes it when that is confirmed', async () => {
    const { create, enrol, people } = await api();
    const ada = await create('Ada');
    const grace = await create('Grace');
    await enrol(ada.id, await photoOf(1));
    const keys = await keysOf(people.bucket);
    const asked = await enrol(grace.id, await photoOf(2));
    expect(asked).toMatchObject({ status: 409, body: { error: { code: 'face_of_another' } } });
    expect(asked.body.error.details).toEqual({ person: ada.id, name: 'Ada', similarity: 1 });
    expect(await keysOf(people.bucket)).toEqual(keys);
    expect((await enrol(grace.id, await photoOf(2), '?confirm=yes')).status).toBe(201);
  });

  it('refuses a photo without a face, and what is no photo, and leaves nothing of them', async () => {
    const { create, enrol, people } = await api(() => analysisOf());
    const { id } = await create('Ada');
    const keys = await keysOf(people.bucket);
    const noFace = await enrol(id, await photo());
    expect(noFace).toMatchObject({ status: 422, body: { error: { code: 'no_face' } } });
    const noPhoto = await enrol(id, new Uint8Array(Buffer.from('no photo')));
    expect(noPhoto).toMatchObject({ status: 415, body: { error: { code: 'unsupported_type' } } });
    expect((await enrol('nobody', await photo())).status).toBe(404);
    expect(await keysOf(people.bucket)).toEqual(keys);
  });

  it('leaves nothing of a person who is deleted meanwhile', async () => {
    const { create, enrol, people } = await api(async () => {
      await people.remove(id, {});
      return analysisOf([1, 0, 0, 0]);
    });
    const { id } = await create('Ada');
    expect(await enrol(id, await photo())).toMatchObject({ status: 404 });
    expect(await keysOf(people.bucket)).toEqual(['gallery']);
  });

  it('warns of a face that is small or blurred', async () => {
    const { create, enrol } = await api(() => {
      const { faces, ...rest } = analysisOf([1, 0, 0, 0]);
      const [face] = faces as [MeasuredFace];
      const box = { x: 1, y: 1, width: 40, height: 40 };
      return { ...rest, faces: [{ ...face, box, sharpness: 0.001 }] };
    });
    const { id } = await create('Ada');
    expect((await enrol(id, await photo())).body.hints).toEqual(['too_small', 'blurred']);
  });
});

/** Ada has two faces, Grace one. */
async function threeFaces() {
  const world = await api(byLastByte);
  const ada = await world.create('Ada');
  const grace = await world.create('Grace');
  for (const [person, index] of [
    [ada, 0],
    [ada, 1],
    [grace, 2],
  ] as const) {
    expect((await world.enrol(person.id, await photoOf(index))).status).toBe(201);
  }
  const faces = (await world.ask(`/v1/people/${ada.id}/faces`)).body.faces as Person['faces'];
  return { ...world, ada, grace, faces };
}

const enrolAs = async (
  { ask }: Awaited<ReturnType<typeof api>>,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Answer> =>
  ask(`/v1/faces?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    body: bytes,
    headers: { 'Content-Type': 'image/jpeg' },
  });

describe('POST /v1/faces?name=', () => {
  it('makes one person of photos that come at once under a new name, and adds to whoever has it', async () => {
    const served = await api();
    const photos = await Promise.all([1, 2, 3].map(photoOf));
    const enrolled = await Promise.all(photos.map((bytes) => enrolAs(served, 'Ada', bytes)));
    expect(enrolled.map(({ status }) => status)).toEqual([201, 201, 201]);
    const again = await enrolAs(served, 'Ada', await photoOf(1));
    expect(again).toMatchObject({ status: 200, body: { person: { name: 'Ada' } } });
    const { faces, id } = again.body.person as Person;
    expect(faces).toHaveLength(3);
    expect(await served.names()).toEqual(['Ada']);
    const stored = (await keysOf(served.people.bucket)).filter((key) => key !== 'gallery');
    expect(stored.every((key) => key.startsWith(`photos/${id}/`))).toBe(true);
    expect(stored).toHaveLength(6);
  });

  it('begins anew when whoever has the name is erased meanwhile', async () => {
    const served: Awaited<ReturnType<typeof api>> = await api(async () => {
      if (ada !== undefined) await served.people.remove(ada.id, {});
      return analysisOf([1, 0, 0, 0]);
    });
    let ada: Person | undefined;
    await enrolAs(served, 'Ada', await photoOf(1));
    [ada] = (await served.ask('/v1/people')).body.people as [Person];
    const { body } = await enrolAs(served, 'Ada', await photoOf(2));
    expect(body.person).toMatchObject({ name: 'Ada', faces: [{ id: body.face }] });
    expect(body.person.id).not.toBe(ada?.id);
    const stored = (await keysOf(served.people.bucket)).filter((key) => key !== 'gallery');
    expect(stored.every((key) => key.startsWith(`photos/${body.person.id}/`))).toBe(true);
    expect(stored).toHaveLength(2);
  });

  it('leaves nobody and nothing behind when the photo is refused', async () => {
    const served = await api(() => analysisOf([1, 0, 0, 0], [0, 1, 0, 0]));
    const asked = await enrolAs(served, 'Ada', await photo());
    expect(asked).toMatchObject({ status: 409, body: { error: { code: 'several_faces' } } });
    expect(await served.names()).toEqual([]);
    expect(await keysOf(served.people.bucket)).toEqual([]);
  });

  it.each([
    ['unknown', 'reserved_name'],
    ['', 'invalid_name'],
    ['x'.repeat(256), 'invalid_name'],
  ])('refuses the name %j before anybody looks at the photo', async (name, code) => {
    const served = await api(() => {
      throw new Error('It was looked at.');
    });
    const refused = await enrolAs(served, name, await photo());
    expect(refused).toMatchObject({ status: 422, body: { error: { code } } });
  });
});

describe('correcting the gallery', () => {
  it('merges people: one has all the faces, and of the other nothing is left', async () => {
    const { send, ada, grace, names, ask, people } = await threeFaces();
    const merged = await send('POST', `/v1/people/${ada.id}/merge`, { people: [grace.id] });
    expect(merged.status).toBe(200);
    expect(merged.body.faces).toHaveLength(3);
    expect(await names()).toEqual(['Ada']);
    for (const { portrait } of (merged.body as Person).faces)
      expect((await ask(portrait)).status).toBe(200);
    expect((await keysOf(people.bucket)).filter((key) => key.includes(grace.id))).toEqual([]);

    // Erasing reaches also what was once known of them under the other name.
    await send('DELETE', `/v1/people/${ada.id}`);
    const left = await keysOf(people.bucket);
    expect(left.filter((key) => key.startsWith('photos/'))).toEqual([]);
  });

  it('splits faces off, to somebody new or somebody known, whom erasing the first leaves whole', async () => {
    const { send, ada, grace, faces, names, ask, people } = await threeFaces();
    const split = (body: unknown) => send('POST', `/v1/people/${ada.id}/split`, body);
    const [first, second] = faces;
    expect((await split({ faces: [first?.id], name: 'Grace' })).status).toBe(409);
    expect((await split({ faces: ['none'], name: 'Alan' })).status).toBe(404);
    expect((await split({ faces: [first?.id], name: 'Alan', person: grace.id })).status).toBe(400);
    const alan = await split({ faces: [first?.id], name: 'Alan' });
    expect(alan).toMatchObject({ status: 200, body: { name: 'Alan' } });
    const known = await split({ faces: [second?.id], person: grace.id });
    expect(known.body).toMatchObject({ name: 'Grace' });
    expect(known.body.faces).toHaveLength(2);

    await send('DELETE', `/v1/people/${ada.id}`);
    expect(await names()).toEqual(['Alan', 'Grace']);
    for (const { portrait, photo } of [
      ...alan.body.faces,
      ...known.body.faces,
    ] as Person['faces']) {
      expect((await ask(portrait)).status).toBe(200);
      expect((await ask(photo)).status).toBe(200);
    }
    expect((await keysOf(people.bucket)).filter((key) => key.includes(ada.id))).toEqual([]);
  });

  it('erases one face in every version', async () => {
    const { send, ask, ada, faces, people } = await threeFaces();
    const [first, second] = faces;
    expect((await send('DELETE', `/v1/people/${ada.id}/faces/${first?.id}`)).status).toBe(204);
    expect((await ask(`/v1/people/${ada.id}/faces`)).body.faces).toEqual([second]);
    expect((await ask(first?.photo ?? '')).status).toBe(404);
    expect((await send('DELETE', `/v1/people/${ada.id}/faces/${first?.id}`)).status).toBe(404);
    for await (const { key, versionId } of people.bucket.list({ allVersions: true })) {
      if (key !== 'gallery') continue;
      const { body } = await people.bucket.get(key, { versionId });
      expect(Buffer.from(body).includes(first?.id ?? '?')).toBe(false);
    }
  });
});

it('people are for those who may see them', async () => {
  const { url } = await serve({ admin: { key: 'secret', isLoopback: true } });
  expect((await fetch(`${url}/v1/people`)).status).toBe(401);
  const headers = { Authorization: 'Bearer secret' };
  expect((await fetch(`${url}/v1/people`, { headers })).status).toBe(200);
});

/** Else fetch() would say no-cache. */
const conditional = (etag: string | null): Record<string, string> => ({
  'If-None-Match': etag ?? '',
  'Cache-Control': 'max-age=0',
});

async function keysOf(bucket: {
  list(options: { allVersions: true }): AsyncIterable<{ key: string }>;
}) {
  const keys = new Set<string>();
  for await (const { key } of bucket.list({ allVersions: true })) keys.add(key);
  return [...keys];
}
