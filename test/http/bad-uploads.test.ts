import { describe, expect, it } from 'vitest';

import { multipartBody, post, postFiles } from './multipart-body.ts';
import { bomb, BOMB_FORMATS, photo, pngHeader } from './photos.ts';
import { serve } from './serve.ts';

const file = (name: string): string[] => [
  `Content-Disposition: form-data; name="photo"; filename="${name}"`,
  'Content-Type: image/jpeg',
];
const jpeg = await photo();
/** What `curl --data-binary` sends along. */
const CURL_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const bytes = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count).fill(1);

interface BadUpload {
  readonly what: string;
  readonly send: (url: string) => Promise<Response>;
  readonly status: number;
  readonly code: string;
}

const badUploads: readonly BadUpload[] = [
  { what: 'no body', send: (url) => fetch(url, { method: 'POST' }), status: 400, code: 'no_file' },
  {
    what: 'a form without a file',
    send: (url) =>
      post(
        url,
        multipartBody([{ headers: ['Content-Disposition: form-data; name="a"'], body: 'b' }]),
      ),
    status: 400,
    code: 'no_file',
  },
  {
    what: 'a form in which no file was chosen',
    send: (url) => post(url, multipartBody([{ headers: file(''), body: '' }])),
    status: 400,
    code: 'no_file',
  },
  {
    what: 'a body of another kind',
    send: (url) => post(url, '{}', { 'Content-Type': 'application/json' }),
    status: 400,
    code: 'no_file',
  },
  {
    what: 'an empty file',
    send: (url) => postFiles(url, { 'me.jpg': bytes(0) }),
    status: 400,
    code: 'empty_file',
  },
  {
    what: 'an empty plain body',
    send: (url) => post(url, bytes(0), { 'Content-Type': 'image/jpeg' }),
    status: 400,
    code: 'empty_file',
  },
  {
    what: 'text named .jpg',
    send: (url) => postFiles(url, { 'me.jpg': Buffer.from('I am a photo, honestly.') }),
    status: 415,
    code: 'unsupported_type',
  },
  {
    what: 'an SVG image',
    send: (url) => postFiles(url, { 'me.svg': Buffer.from('<svg width="9" height="9"/>') }),
    status: 415,
    code: 'unsupported_type',
  },
  {
    what: 'one byte',
    send: (url) => postFiles(url, { 'me.jpg': bytes(1) }),
    status: 415,
    code: 'unsupported_type',
  },
  {
    what: 'a PNG of 20,000 × 20,000 pixels',
    send: (url) => postFiles(url, { 'me.png': pngHeader(20_000, 20_000) }),
    status: 413,
    code: 'too_many_pixels',
  },
  ...BOMB_FORMATS.map((format) => ({
    what: `a decompression bomb as ${format}`,
    send: async (url: string) => postFiles(url, { 'me.jpg': await bomb(format) }),
    status: 413,
    code: 'too_many_pixels',
  })),
  {
    what: 'a file over 25 MB',
    send: (url) => postFiles(url, { 'me.jpg': bytes(25 * 2 ** 20 + 1) }),
    status: 413,
    code: 'file_too_large',
  },
  {
    what: 'a plain body over 25 MB',
    send: (url) => post(url, bytes(25 * 2 ** 20 + 1), { 'Content-Type': 'image/jpeg' }),
    status: 413,
    code: 'file_too_large',
  },
  {
    what: 'photos of over 100 MB together',
    send: (url) =>
      postFiles(
        url,
        Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${n}.jpg`, bytes(21 * 2 ** 20)])),
      ),
    status: 413,
    code: 'request_too_large',
  },
  {
    what: 'more than 20 photos',
    send: (url) =>
      post(
        url,
        multipartBody(Array.from({ length: 21 }, () => ({ headers: file('a.jpg'), body: jpeg }))),
      ),
    status: 413,
    code: 'too_many_files',
  },
  {
    what: 'multipart without a boundary',
    send: (url) => post(url, 'x', { 'Content-Type': 'multipart/form-data' }),
    status: 400,
    code: 'malformed_upload',
  },
  {
    what: 'multipart that is none',
    send: (url) => post(url, 'this is not multipart'),
    status: 400,
    code: 'malformed_upload',
  },
  {
    what: 'multipart that ends in the middle of a file',
    send: (url) =>
      post(url, multipartBody([{ headers: file('a.jpg'), body: jpeg }], '').subarray(0, -9)),
    status: 400,
    code: 'malformed_upload',
  },
  {
    what: 'multipart that ends in a header',
    send: (url) => post(url, '--x-boundary\r\nContent-Dispo'),
    status: 400,
    code: 'malformed_upload',
  },
  {
    what: 'a part in an unknown transfer encoding',
    send: (url) =>
      post(
        url,
        multipartBody([
          { headers: [...file('a.jpg'), 'Content-Transfer-Encoding: rot13'], body: jpeg },
        ]),
      ),
    status: 400,
    code: 'malformed_upload',
  },
  {
    what: 'a part with endless headers',
    send: (url) =>
      post(url, multipartBody([{ headers: [`X: ${'filename="'.repeat(9000)}`], body: '' }])),
    status: 400,
    code: 'malformed_upload',
  },
];

describe('a bad upload', () => {
  it.each(badUploads)('$what: $status $code', async ({ send, status, code }) => {
    const { url, queued } = await serve();
    const refused = await send(url);
    const text = await refused.text();
    expect(refused.status).toBe(status);
    expect(text).toMatch(new RegExp(`^(\\S+:)?error: ${code}: [A-Z].*\\.?\\n$`));
    expect(text).not.toMatch(/node_modules|\bat \S+:\d+/);
    expect(queued).toEqual([]);

    // The process is untouched: the next upload is answered.
    const next = await postFiles(url, { 'good.jpg': jpeg });
    expect(await next.text()).toBe('good.jpg:Ada\n');
  });

  it('without a photo is told how to send one to this very address', async () => {
    const { url } = await serve();
    const refused = await fetch(url, { method: 'POST' });
    expect(await refused.text()).toBe(
      'error: no_file: There is no photo in the request. ' +
        `Send it as a file of a form: curl -F photo=@me.jpg ${url}\n`,
    );
  });

  it.each([
    ['without a type', {}],
    ['with the type that curl gives any body', CURL_TYPE],
  ])('as a plain body %s is told what is missing', async (_, headers) => {
    const { url } = await serve();
    // A typed body would bring its own Content-Type.
    const refused = await fetch(url, { method: 'POST', headers, body: new Uint8Array(jpeg) });
    expect(await refused.text()).toMatch(
      /^error: no_file: The Content-Type does not say that .*image\/jpeg\. /,
    );
  });

  it('says the limits and what to do', async () => {
    const { url } = await serve({ limits: { pixels: 1_500_000 } });
    const response = await postFiles(
      url,
      { 'me.png': pngHeader(2000, 1000) },
      { Accept: 'application/json' },
    );
    expect(await response.json()).toMatchObject({
      fileName: 'me.png',
      error: {
        code: 'too_many_pixels',
        message:
          'The photo has 2000 × 1000 pixels, 2 megapixels; 1.5 megapixels are the limit. Scale it down.',
      },
    });
  });
});
