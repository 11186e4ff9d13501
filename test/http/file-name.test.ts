import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fileNameOf } from '../../src/http/file-name.ts';
import { multipartBody, post, postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

describe('a file name in a Content-Disposition header', () => {
  it.each([
    ['form-data; name="photo"; filename="me.jpg"', 'me.jpg'],
    ['form-data; name=photo; filename=me.jpg', 'me.jpg'],
    ['form-data;name="photo";filename="me.jpg"', 'me.jpg'],
    ['form-data; NAME="photo"; FileName="me.jpg"', 'me.jpg'],
    ['form-data; filename="me.jpg"; name="photo"', 'me.jpg'],
    ['form-data; name="a; filename=evil.jpg"; filename="me.jpg"', 'me.jpg'],
    ['form-data; name="a\\"; filename=\\"evil.jpg"; filename="me.jpg"', 'me.jpg'],
    // curl, Python's requests
    ['form-data; name="photo"; filename="a \\"b\\" \\\\ c.jpg"', 'a "b" \\ c.jpg'],
    // browsers
    ['form-data; name="photo"; filename="a %22b%22 %0D%0A %41.jpg"', 'a "b" \r\n %41.jpg'],
    // .NET, aiohttp
    [
      "form-data; name=photo; filename=x.jpg; filename*=utf-8''%E2%82%AC%20rates.jpg",
      '€ rates.jpg',
    ],
    ["form-data; name=photo; filename=x.jpg; filename*=UTF-8'de'gr%C3%BC%C3%9Fe.jpg", 'grüße.jpg'],
    ["form-data; name=photo; filename=x.jpg; filename*=utf-8''%FF.jpg", 'x.jpg'],
    // Internet Explorer and others who send whole paths
    ['form-data; name="photo"; filename="C:\\photos\\me.jpg"', 'C:\\photos\\me.jpg'],
    ['form-data; name="photo"; filename="../../etc/passwd"', '../../etc/passwd'],
    ['form-data; name="photo"; filename=""', ''],
    ['form-data; name="photo"', undefined],
    ['form-data; name="filename=me.jpg"', undefined],
    ['', undefined],
  ])('%s is %j', (header, fileName) => {
    expect(fileNameOf(header)).toBe(fileName);
  });

  it('comes back as it was, escaped with quoted pairs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        // A "%22" that is meant as it stands is what browsers write for a quote.
        fc.pre(!/%(22|0D|0A)/i.test(name));
        const quoted = name.replaceAll(/["\\]/g, '\\$&');
        // A lone line break cannot stand in a header; a parser has cut there before.
        fc.pre(!/[\r\n\u2028\u2029]/.test(name));
        expect(fileNameOf(`form-data; name="x"; filename="${quoted}"`)).toBe(name);
      }),
    );
  });

  it('comes back as it was, encoded by RFC 8187', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const encoded = encodeURIComponent(name);
        expect(fileNameOf(`form-data; filename="x"; filename*=UTF-8''${encoded}`)).toBe(name);
      }),
    );
  });
});

describe('a photo with an odd name', () => {
  it.each([
    ['spaces and quotes', 'my "best" photo.jpg'],
    ['another script', '写真 фото صورة.jpg'],
    ['an emoji', '📷'.repeat(300)],
    ['300 characters', `${'a'.repeat(296)}.jpg`],
    ['a path', '../../../etc/passwd'],
    ['a name that is a property of objects', '__proto__'],
    ['a colon', 'C:me.jpg'],
  ])('is answered under it: %s', async (_, name) => {
    const { url, queued } = await serve();
    const response = await postFiles(
      url,
      { [name]: await photo() },
      { Accept: 'application/json' },
    );
    expect(await response.json()).toMatchObject({ fileName: name });
    expect(queued[0]?.fileName).toBe(name);
  });

  it('is answered under it though it is not UTF-8', async () => {
    const { url } = await serve();
    const body = multipartBody([
      {
        headers: ['Content-Disposition: form-data; name="x"; filename="gr\xfc\xdfe.jpg"'],
        body: await photo(),
      },
    ]);
    const latin1 = Buffer.from(
      body.toString('latin1').replace('\xc3\xbc\xc3\x9f', '\xfc\xdf'),
      'latin1',
    );
    const response = await post(url, latin1);
    expect(await response.text()).toBe('gr\ufffd\ufffde.jpg:Ada\n');
  });
});
