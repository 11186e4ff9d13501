import { once } from 'node:events';
import { connect } from 'node:net';

import { expect, it, vi } from 'vitest';

import { postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { found, serve } from './serve.ts';

const jpeg = await photo();

it('names the request in every line about one', async () => {
  const { url, port, log } = await serve({
    recognise: ({ fileName }) => {
      if (fileName === 'broken.jpg') throw new Error('The recogniser fell over.');
      return { ...found(), gallerySize: 0 };
    },
  });
  const answered = [
    await postFiles(url, { 'a.jpg': jpeg }),
    await postFiles(url, { 'broken.jpg': jpeg, 'b.jpg': jpeg }),
    await postFiles(url, { 'empty.jpg': new Uint8Array() }),
    await fetch(`${url}/v1/requests/none`),
    await fetch(`${url}/v1/admin/purge`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"what":"queues"}',
    }),
  ];
  const ids = answered.map(({ headers }) => headers.get('X-Request-Id') ?? '');
  const gone = connect(port, '127.0.0.1');
  await once(gone, 'connect');
  gone.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 9\r\n\r\n');
  gone.destroy();
  await vi.waitFor(() => expect(log.map(({ status }) => status)).toContain(499));

  const lines = ids.map((id) => log.filter(({ requestId }) => String(requestId).startsWith(id)));
  expect(lines.map(({ length }) => length)).toEqual([2, 2, 1, 1, 2]);
  expect(log.filter(({ requestId }) => requestId === undefined)).toEqual([]);
});
