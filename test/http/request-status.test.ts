import { expect, it } from 'vitest';

import type { RequestRecord } from '../../src/bus/messages.ts';
import { face, found, serve } from './serve.ts';

const request = { id: 'one', fileName: 'a.jpg' };
const error = { code: 'undecodable_image', message: 'The photo is damaged.' };

it.each<[string, RequestRecord, unknown]>([
  ['pending', request, {}],
  ['done', { ...request, ...found(face('Ada')) }, { faces: [face('Ada')] }],
  ['failed', { ...request, error }, { error }],
])('GET /v1/requests/:id tells that a request is %s', async (status, record, outcome) => {
  const { url } = await serve({
    requests: { find: async (id) => (id === 'one' ? { record } : undefined) },
  });
  const response = await fetch(`${url}/v1/requests/one`);
  expect(response.status).toBe(200);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(await response.json()).toEqual({ ...request, status, ...(outcome as object) });
});

it('GET /v1/requests/:id is 404 for a request that nobody knows', async () => {
  const { url } = await serve();
  for (const id of ['two', '%2e%2e%2fsecret', '%00', '%ff']) {
    const response = await fetch(`${url}/v1/requests/${id}`);
    expect(response.status).toBe(404);
  }
  const response = await fetch(`${url}/v1/requests/two`);
  expect(await response.json()).toMatchObject({
    id: 'two',
    status: 'unknown',
    error: { code: 'unknown_request' },
  });
});
