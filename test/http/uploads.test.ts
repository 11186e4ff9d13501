import { describe, expect, it } from 'vitest';

import { multipartBody, post, postFiles } from './multipart-body.ts';
import { bitmap, photo } from './photos.ts';
import { serve } from './serve.ts';

const file = (field: string, name: string): string[] => [
  `Content-Disposition: form-data; name="${field}"; filename="${name}"`,
];

describe('an upload', () => {
  it('hands the photo over byte for byte, under the name it came with', async () => {
    const { url, queued } = await serve();
    const jpeg = await photo();
    const response = await postFiles(url, { 'me.jpg': jpeg });
    expect(await response.text()).toBe('me.jpg:Ada\n');
    expect(response.status).toBe(200);
    expect(queued).toHaveLength(1);
    expect(queued[0]?.fileName).toBe('me.jpg');
    expect(Buffer.from(queued[0]?.photo ?? []).equals(jpeg)).toBe(true);
  });

  it('takes a part with a file name for a file even when it has no Content-Type', async () => {
    const { url } = await serve();
    const part = {
      headers: ['Content-Disposition: form-data; name="photo"; filename="me.jpg"'],
      body: await photo(),
    };
    const response = await post(url, multipartBody([part]));
    expect(await response.text()).toBe('me.jpg:Ada\n');
  });

  it('takes an image without a file name for a photo', async () => {
    const { url } = await serve();
    const part = {
      headers: ['Content-Disposition: form-data; name="x"', 'Content-Type: image/jpeg'],
      body: await photo(),
    };
    const response = await post(url, multipartBody([part]));
    expect(await response.text()).toBe('photo:Ada\n');
  });

  it('passes over fields that are no files', async () => {
    const { url } = await serve();
    const body = multipartBody([
      { headers: ['Content-Disposition: form-data; name="comment"'], body: 'hello' },
      {
        headers: ['Content-Disposition: form-data; name="meta"', 'Content-Type: application/json'],
        body: '{}',
      },
      {
        headers: ['Content-Disposition: form-data; name="f"; filename="me.jpg"'],
        body: await photo(),
      },
    ]);
    expect(await (await post(url, body)).text()).toBe('me.jpg:Ada\n');
  });

  it('answers several files in the order in which they were sent', async () => {
    const { url } = await serve({
      async recognise({ fileName }) {
        // The first photo takes the longest.
        await new Promise((resolve) => setTimeout(resolve, fileName === 'a.jpg' ? 60 : 0));
        return { faces: [], gallerySize: 1 };
      },
    });
    const jpeg = await photo();
    const body = multipartBody([
      { headers: file('two', 'a.jpg'), body: jpeg },
      { headers: file('one', 'b.jpg'), body: jpeg },
      { headers: file('two', 'c.jpg'), body: jpeg },
      { headers: file('__proto__', 'd.jpg'), body: jpeg },
    ]);
    expect(await (await post(url, body)).text()).toBe(
      'a.jpg:no_face\nb.jpg:no_face\nc.jpg:no_face\nd.jpg:no_face\n',
    );
  });

  it('is read whatever words stand in its boundary', async () => {
    const { url } = await serve();
    const boundary = 'json-octet-stream-urlencoded';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="b.bmp"\r\n\r\n`;
    const response = await post(
      url,
      Buffer.concat([Buffer.from(body), bitmap(), Buffer.from(`\r\n--${boundary}--\r\n`)]),
      { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    );
    expect(await response.text()).toBe('b.bmp:Ada\n');
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)('takes a %s photo', async (format) => {
    const { url } = await serve();
    // The type is told by the content, never by the name.
    const response = await postFiles(url, { 'photo.txt': await photo(format) });
    expect(await response.text()).toBe('photo.txt:Ada\n');
  });

  it('takes a BMP photo', async () => {
    const { url } = await serve();
    const response = await postFiles(url, { 'x.bmp': bitmap() });
    expect(await response.text()).toBe('x.bmp:Ada\n');
  });

  it('leaves a photo whose header it cannot read to the worker', async () => {
    const { url, queued } = await serve({
      recognise: () => ({ error: { code: 'undecodable_image', message: 'The photo is damaged.' } }),
    });
    const response = await postFiles(url, { 'cut.jpg': (await photo()).subarray(0, 30) });
    expect(response.status).toBe(422);
    expect(queued).toHaveLength(1);
  });

  it('may be the plain body, named in the query', async () => {
    const { url, queued } = await serve();
    const png = await photo('png');
    const named = await post(`${url}/?name=me.png`, png, { 'Content-Type': 'image/png' });
    expect(await named.text()).toBe('me.png:Ada\n');
    const nameless = await post(url, png, { 'Content-Type': 'application/octet-stream' });
    expect(await nameless.text()).toBe('photo:Ada\n');
    expect(Buffer.from(queued[1]?.photo ?? []).equals(png)).toBe(true);
  });

  it('carries one id through the response, the log and the request queue', async () => {
    const { url, queued, log } = await serve();
    const jpeg = await photo();
    const one = await postFiles(url, { 'a.jpg': jpeg }, { Accept: 'application/json' });
    const id = one.headers.get('X-Request-Id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(queued[0]?.id).toBe(id);
    expect(await one.json()).toMatchObject({ id });
    expect(log).toContainEqual(
      expect.objectContaining({ requestId: id, method: 'POST', path: '/', status: 200 }),
    );

    const two = await postFiles(url, { 'a.jpg': jpeg, 'b.jpg': jpeg });
    const base = two.headers.get('X-Request-Id');
    expect(
      queued
        .slice(1)
        .map((photo) => photo.id)
        .toSorted(),
    ).toEqual([`${base}-1`, `${base}-2`]);
  });
});
