import { describe, expect, it } from 'vitest';

import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { face, found, serve } from './serve.ts';

const jpeg = await photo();
const JSON_ONLY = { Accept: 'application/json' };
const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the form of an answer', () => {
  it.each([
    ['nothing', undefined, 'text/plain'],
    ['anything (curl, fetch, requests)', '*/*', 'text/plain'],
    ['JSON', 'application/json', 'application/json'],
    ['JSON first (axios)', 'application/json, text/plain, */*', 'application/json'],
    ['a page (a browser)', BROWSER.Accept, 'text/html'],
    ['what there is not', 'image/png', 'text/plain'],
  ])('follows a client that asks for %s', async (_, accept, type) => {
    const { url } = await serve();
    const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept };
    const response = await postFiles(url, { 'a.jpg': jpeg }, headers);
    expect(response.headers.get('Content-Type')).toBe(`${type}; charset=utf-8`);
    expect(response.headers.get('Vary')).toContain('Accept');
    const missing = await fetch(`${url}/nowhere`, { headers });
    expect(missing.headers.get('Content-Type')).toBe(`${type}; charset=utf-8`);
  });

  it('is one line of text with the name of the largest face', async () => {
    const { url } = await serve({ recognise: () => found(face('Ada'), face('Grace')) });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect(await response.text()).toBe('a.jpg:Ada\n');
  });

  it('says no_face when there is none, and that is no error', async () => {
    const { url } = await serve({ recognise: () => found() });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('a.jpg:no_face\n');
  });

  it('is an object with every face as JSON', async () => {
    const faces = [face('Ada', 0.71), face('unknown', 0.2)];
    const { url, queued } = await serve({ recognise: () => found(...faces) });
    const response = await postFiles(url, { 'a.jpg': jpeg }, JSON_ONLY);
    expect(await response.json()).toEqual({ id: queued[0]?.id, fileName: 'a.jpg', faces });
  });

  it('is an array as JSON for several files', async () => {
    const { url } = await serve({ recognise: () => found() });
    const response = await postFiles(url, { 'a.jpg': jpeg, 'b.jpg': jpeg }, JSON_ONLY);
    expect(await response.json()).toMatchObject([
      { fileName: 'a.jpg', faces: [] },
      { fileName: 'b.jpg', faces: [] },
    ]);
  });

  it('is a page with every name, and nothing of a name is markup', async () => {
    const { url } = await serve({
      recognise: () => found(face('<b>Ada</b>'), face('unknown', 0.1)),
    });
    const response = await postFiles(url, { '"><script>.jpg': jpeg }, BROWSER);
    const page = await response.text();
    expect(page).toContain('&#60;b&#62;Ada&#60;/b&#62;');
    expect(page).toContain('unknown');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<b>');
  });

  it('keeps a text line one line, whatever is in a name', async () => {
    const { url } = await serve({ recognise: () => found(face('Ada\nLovelace')) });
    const response = await postFiles(url, { 'a\r\nb:\u2028\u0007.jpg': jpeg });
    expect(await response.text()).toBe('a\\u000d\\u000ab:\\u2028\\u0007.jpg:Ada\\u000aLovelace\n');
  });

  it('says how to enrol when nobody is, on the page and once in the log', async () => {
    const { url, log } = await serve({
      recognise: () => ({ faces: [face('unknown', null)], gallerySize: 0 }),
    });
    const command = 'npx facefleet enroll DIR';
    expect(await (await postFiles(url, { 'a.jpg': jpeg }, BROWSER)).text()).toContain(command);
    expect(await (await postFiles(url, { 'a.jpg': jpeg })).text()).toBe('a.jpg:unknown\n');
    expect(log.filter(({ msg }) => String(msg).includes(command))).toHaveLength(1);
  });
});

describe('several photos of which some fail', () => {
  const script = {
    recognise: ({ fileName }: { fileName: string }) =>
      fileName.startsWith('bad')
        ? { error: { code: 'undecodable_image', message: 'The photo is damaged.' } }
        : found(face('Ada')),
  };

  it('are answered one by one, with 207', async () => {
    const { url } = await serve(script);
    const files = { 'good.jpg': jpeg, 'bad.jpg': jpeg, 'note.txt': Buffer.from('hello') };
    const text = await postFiles(url, files);
    expect(text.status).toBe(207);
    expect(await text.text()).toBe(
      'good.jpg:Ada\n' +
        'bad.jpg:error: undecodable_image: The photo is damaged.\n' +
        'note.txt:error: unsupported_type: This is not a photo that can be read. Send a JPEG, PNG, WebP, GIF, BMP or TIFF file.\n',
    );
    const json = await postFiles(url, files, JSON_ONLY);
    expect(json.status).toBe(207);
    expect(await json.json()).toMatchObject([
      { fileName: 'good.jpg', faces: [{ name: 'Ada' }] },
      { fileName: 'bad.jpg', error: { code: 'undecodable_image' } },
      { fileName: 'note.txt', error: { code: 'unsupported_type' } },
    ]);
    expect(await (await postFiles(url, files, BROWSER)).text()).toContain('The photo is damaged.');
  });

  it('have the status of the first failure when all fail', async () => {
    const { url } = await serve(script);
    const response = await postFiles(url, { 'bad1.jpg': jpeg, 'note.txt': Buffer.from('hello') });
    expect(response.status).toBe(422);
  });
});
