import { request, type RequestOptions } from 'node:http';

import { describe, expect, it } from 'vitest';

import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

const jpeg = await photo();

describe('an upload from a page of another site', () => {
  it.each([
    ['a program', {}, 200],
    ['this page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://127.0.0.1' }, 200],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }, 200],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['another port of this host', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['another site, in an old browser', { Origin: 'http://evil.example' }, 403],
    ['a page without an origin', { Origin: 'null' }, 403],
  ])('%s: %o gets %i', async (_, headers, status) => {
    const { port, queued } = await serve();
    expect(await statusOfPost(port, headers)).toBe(status);
    expect(queued).toHaveLength(status === 200 ? 1 : 0);
  });

  it('is told from this page by the Host, where browsers send no Sec-Fetch-Site', async () => {
    const { port } = await serve();
    expect(await statusOfPost(port, { Host: 'box:8000', Origin: 'http://box:8000' })).toBe(200);
    expect(await statusOfPost(port, { Host: 'box:8000', Origin: 'http://box:9000' })).toBe(403);
  });
});

describe('every response', () => {
  it.each(['/', '/assets/style.css', '/healthz', '/nowhere'])(
    'tells browsers what they may do with it: %s',
    async (path) => {
      const { url } = await serve();
      const { headers } = await fetch(url + path);
      expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'self';/);
      expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('Content-Security-Policy')).not.toContain('unsafe');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Referrer-Policy')).toBe('same-origin');
      expect(headers.get('X-Request-Id')).toBeTruthy();
    },
  );
});

describe('the upload page', () => {
  it('is whole: everything that it names is there, and nothing is inline', async () => {
    const { url } = await serve();
    const page = await (await fetch(url)).text();
    const names = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(names).toContain('/assets/upload.js');
    for (const path of names) expect((await fetch(`${url}${path}`)).status).toBe(200);
    expect(page).not.toMatch(/\sstyle="|\son\w+="|<style|<script(?![^>]*src=)/);
  });

  it('is a plain form too', async () => {
    const { url } = await serve();
    const page = await (await fetch(url)).text();
    expect(page).toMatch(/<form[^>]*method="post"[^>]*enctype="multipart\/form-data"/);
    const answer = await postFiles(url, { 'a.jpg': jpeg }, { Accept: 'text/html' });
    expect(await answer.text()).toContain('Ada');
  });

  it('has its files cached until they change', async () => {
    const { url, port } = await serve();
    const first = await fetch(`${url}/assets/upload.js`);
    expect(first.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(first.headers.get('Cache-Control')).toBe('no-cache');
    const etag = first.headers.get('ETag') ?? '';
    const path = '/assets/upload.js';
    expect(await statusOf({ port, path, headers: { 'If-None-Match': etag } })).toBe(304);
    expect(await statusOf({ port, path, headers: { 'If-None-Match': '"other"' } })).toBe(200);
  });
});

/** fetch() sets or forbids Host, Origin, Sec-Fetch-Site and Cache-Control by itself. */
function statusOf(options: RequestOptions, body?: Uint8Array): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const statusOfPost = (port: number, headers: Record<string, string>): Promise<number | undefined> =>
  statusOf({ port, method: 'POST', headers: { 'Content-Type': 'image/jpeg', ...headers } }, jpeg);
