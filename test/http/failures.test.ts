import { describe, expect, it } from 'vitest';

import { MalformedMessageError, QueueDoesNotExistError } from '../../src/bus/errors.ts';
import { RequestExpiredError, RequestPurgedError } from '../../src/machines/request.ts';
import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

const jpeg = await photo();
const forms = ['text/plain', 'application/json', 'text/html'];

describe('a failure', () => {
  it('to answer in time is 504 with the request id', async () => {
    const { url } = await serve({
      recognise: ({ id }) => Promise.reject(new RequestExpiredError(id, 60_000)),
    });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect(response.status).toBe(504);
    const text = await response.text();
    expect(text).toMatch(/^a\.jpg:error: deadline_exceeded: /);
    expect(text).toContain(response.headers.get('X-Request-Id'));
  });

  it('of the queues or buckets is 503, and only the log says why', async () => {
    const { url, log } = await serve({
      recognise: () => Promise.reject(new QueueDoesNotExistError('facefleet-req-queue')),
    });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(await response.text()).toMatch(/^a\.jpg:error: unavailable: (?!.*facefleet-req-queue)/);
    expect(JSON.stringify(log)).toMatch('facefleet-req-queue');
  });

  it('by a purge is 410', async () => {
    const { url } = await serve({ recognise: () => Promise.reject(new RequestPurgedError()) });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect(response.status).toBe(410);
    expect(await response.text()).toMatch(/^a\.jpg:error: purged: /);
  });

  it('that the worker could not help is 500, in its words', async () => {
    const error = {
      code: 'internal',
      message: 'The photo could not be processed. Try again later.',
    };
    const { url } = await serve({ recognise: () => ({ error }) });
    const response = await postFiles(url, { 'a.jpg': jpeg }, { Accept: 'application/json' });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ fileName: 'a.jpg', error });
  });

  it.each([
    ['a mistake', new TypeError('secret is not a function')],
    ['an inner failure that has a name', new MalformedMessageError('secret-queue')],
    ['something that is no error', 'secret'],
  ])('nobody expected (%s) is 500, told to the log and not to the client', async (_, thrown) => {
    const { url, log } = await serve({ recognise: () => Promise.reject(thrown) });
    for (const accept of forms) {
      const response = await postFiles(url, { 'a.jpg': jpeg }, { Accept: accept });
      const id = response.headers.get('X-Request-Id');
      expect(response.status).toBe(500);
      const body = await response.text();
      expect(body).toContain(id);
      expect(body).not.toMatch(/secret|node_modules|\.ts\b/);
      const logged = log.find((line) => line['requestId'] === id && line['level'] === 50);
      expect(JSON.stringify(logged)).toContain('secret');
    }
  });

  it('of the readiness check itself is 500 as well', async () => {
    const { url, log } = await serve({
      notReadyReasons: () => Promise.reject(new Error('secret')),
    });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/^error: internal: Something went wrong on the server\./);
    expect(JSON.stringify(log.find(({ level }) => level === 50))).toContain('secret');
  });
});

describe('a request for what there is not', () => {
  it.each([
    ['GET', '/nowhere', 404, 'not_found'],
    ['POST', '/nowhere', 404, 'not_found'],
    ['GET', '/assets/../../package.json', 404, 'not_found'],
    ['GET', '/assets/%2e%2e%2fupload.ts', 404, 'not_found'],
    ['GET', '/assets/upload.ts', 404, 'not_found'],
    ['DELETE', '/', 405, 'method_not_allowed'],
    ['POST', '/healthz', 405, 'method_not_allowed'],
    ['PROPFIND', '/', 501, 'not_implemented'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const { url } = await serve();
    const response = await fetch(url + path, { method, headers: { Accept: 'application/json' } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('names the methods that there are', async () => {
    const { url } = await serve();
    const response = await fetch(url, { method: 'DELETE' });
    expect(response.headers.get('Allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  });
});
