import { describe, expect, it } from 'vitest';

import type { Outcome } from '../../src/bus/messages.ts';
import { RecentRequests } from '../../src/machines/recent-requests.ts';
import { analysisOf, galleryPeople } from './gallery-people.ts';
import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { face, found, serve } from './serve.ts';

const PHOTO = { bucket: 'in-bucket', key: 'a.jpg', versionId: '1' };
const DAMAGED: Outcome = { error: { code: 'undecodable_image', message: 'It is cut off.' } };

/** One request every second, the first at 1,000 ms. */
function requestsOf(...outcomes: readonly (Outcome | undefined)[]) {
  const recent = new RecentRequests();
  for (const [index, outcome] of outcomes.entries()) {
    const [id, fileName, at] = [`r${index}`, `${index}.jpg`, (index + 1) * 1000] as const;
    recent.begin(id, fileName, at);
    recent.stage(id, 'send', 4);
    if (outcome)
      recent.end(id, fileName, { at: at + 50, outcome, stages: { wait: 9 }, photo: PHOTO });
  }
  return { list: () => recent.list() };
}

interface Page {
  readonly requests: readonly { readonly id: string }[];
  readonly next: number | null;
}

describe('GET /v1/requests', () => {
  it('tells the latest first, with their ways and who looks like the faces', async () => {
    const nearest = [{ name: 'Ada', similarity: 0.4 }];
    const stranger = { ...face('unknown', 0.4), nearest };
    const { url } = await serve({ requests: requestsOf(found(stranger), DAMAGED, undefined) });
    const response = await fetch(`${url}/v1/requests`);
    expect(await response.json()).toEqual({
      requests: [
        { id: 'r2', fileName: '2.jpg', status: 'pending', receivedAt: 3000, stages: { send: 4 } },
        {
          id: 'r1',
          fileName: '1.jpg',
          status: 'failed',
          ...DAMAGED,
          receivedAt: 2000,
          answeredAt: 2050,
          stages: { send: 4, wait: 9 },
          photo: '/v1/requests/r1/photo',
        },
        {
          id: 'r0',
          fileName: '0.jpg',
          status: 'done',
          faces: [stranger],
          receivedAt: 1000,
          answeredAt: 1050,
          stages: { send: 4, wait: 9 },
          photo: '/v1/requests/r0/photo',
        },
      ],
      next: null,
    });
  });

  it.each([
    ['', ['r4', 'r3', 'r2', 'r1', 'r0']],
    ['search=ADA', ['r0']],
    ['search=3.jpg', ['r3']],
    ['outcome=recognised', ['r0']],
    ['outcome=unknown', ['r1']],
    ['outcome=no_face', ['r2']],
    ['outcome=failed', ['r3']],
    ['outcome=pending', ['r4']],
    ['since=2000&until=4000', ['r2', 'r1']],
    ['outcome=failed&search=ada', []],
  ])('finds those that are asked for: %s', async (query, ids) => {
    const requests = requestsOf(
      found(face('Ada'), face('unknown')),
      found(face('unknown')),
      found(),
      DAMAGED,
      undefined,
    );
    const { url } = await serve({ requests });
    const page = (await (await fetch(`${url}/v1/requests?${query}`)).json()) as Page;
    expect(page.requests.map(({ id }) => id)).toEqual(ids);
  });

  it('goes on page by page', async () => {
    const { url } = await serve({
      requests: requestsOf(DAMAGED, DAMAGED, DAMAGED, DAMAGED, DAMAGED),
    });
    const pages: string[][] = [];
    for (let after: number | null = 9000; after !== null;) {
      const response = await fetch(`${url}/v1/requests?limit=2&after=${after}`);
      const page = (await response.json()) as Page;
      pages.push(page.requests.map(({ id }) => id));
      after = page.next;
    }
    expect(pages).toEqual([['r4', 'r3'], ['r2', 'r1'], ['r0']]);
  });

  it.each(['outcome=lost', 'since=yesterday', 'limit=201', 'after=-1'])(
    'refuses %s',
    async (query) => {
      const { url } = await serve();
      expect((await fetch(`${url}/v1/requests?${query}`)).status).toBe(400);
    },
  );
});

describe('the stored photo of a request', () => {
  const requests = { photo: async (id: string) => (id === 'one' ? photo('png') : undefined) };

  it('is told with its type', async () => {
    const { url } = await serve({ requests });
    const response = await fetch(`${url}/v1/requests/one/photo`);
    expect(response.headers.get('Content-Type')).toBe('image/png');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(await photo('png'));
    const gone = await fetch(`${url}/v1/requests/two/photo`);
    expect(gone.status).toBe(410);
    expect(await gone.json()).toMatchObject({ error: { code: 'photo_gone' } });
  });

  it('is sent again under a new id', async () => {
    const retried: string[] = [];
    const { url } = await serve({
      requests: { retry: async (id, newId) => id === 'one' && retried.push(newId) > 0 },
    });
    const response = await fetch(`${url}/v1/requests/one/retry`, { method: 'POST' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ id: retried[0] });
    expect(response.headers.get('Location')).toBe(`/v1/requests/${retried[0]}`);
    expect((await fetch(`${url}/v1/requests/two/retry`, { method: 'POST' })).status).toBe(410);
  });

  it('enrols somebody', async () => {
    const seen: Uint8Array[] = [];
    const people = galleryPeople((bytes) => {
      seen.push(bytes);
      return analysisOf([1, 0, 0, 0]);
    });
    const { id } = await people.create('Ada');
    const { url } = await serve({ people, requests });
    const enrol = (request: string): Promise<Response> =>
      fetch(`${url}/v1/people/${id}/faces?request=${request}`, { method: 'POST' });
    expect((await enrol('one')).status).toBe(201);
    expect(Buffer.from(seen[0] ?? [])).toEqual(Buffer.from(await photo('png')));
    expect((await enrol('two')).status).toBe(410);
  });
});

describe('POST /v1/recognitions', () => {
  const nearest = [{ name: 'Ada', similarity: 0.71 }];
  const recognise = ({ fileName }: { fileName: string }): Outcome =>
    fileName === 'damaged.jpg' ? DAMAGED : found({ ...face('Ada'), nearest });

  it('answers with every photo in its order, and with who looks most like each face', async () => {
    const { url } = await serve({ recognise });
    const response = await postFiles(`${url}/v1/recognitions`, {
      'a.jpg': await photo(),
      'b.jpg': await photo(),
    });
    expect(response.status).toBe(200);
    const faces = [{ ...face('Ada'), nearest }];
    expect(await response.json()).toMatchObject({
      recognitions: [
        { fileName: 'a.jpg', faces },
        { fileName: 'b.jpg', faces },
      ],
    });
  });

  it('tells of single photos that failed, and of all by a status of their own', async () => {
    const { url } = await serve({ recognise });
    const some = await postFiles(`${url}/v1/recognitions`, {
      'a.jpg': await photo(),
      'damaged.jpg': await photo(),
    });
    expect(some.status).toBe(207);
    expect(await some.json()).toMatchObject({ recognitions: [{ fileName: 'a.jpg' }, DAMAGED] });
    const all = await postFiles(`${url}/v1/recognitions`, { 'damaged.jpg': await photo() });
    expect(all.status).toBe(422);
    expect(await all.json()).toMatchObject(DAMAGED);
  });
});
