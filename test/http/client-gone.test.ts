import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { describe, expect, it, vi } from 'vitest';

import { RequestAbandonedError } from '../../src/machines/request.ts';
import { multipartBody, post, postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { found, serve } from './serve.ts';

const jpeg = await photo();
const FILE = ['Content-Disposition: form-data; name="photo"; filename="a.jpg"'];

/** Sends the head of an upload of `length` bytes and the first of them. */
async function beginUpload(
  port: number,
  length: number,
  first: Uint8Array,
  type = 'multipart/form-data; boundary=x-boundary',
): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' +
      `Content-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(first, resolve));
  return socket;
}

describe('a client that goes away', () => {
  it.each(['multipart/form-data; boundary=x-boundary', 'image/jpeg'])(
    'in the middle of its upload leaves nothing behind: %s',
    async (type) => {
      const body = multipartBody([{ headers: FILE, body: new Uint8Array(60_000) }]);
      // Room for one upload: what is not given back is missing for the next.
      const { url, port, queued, log } = await serve({ limits: { arrivingBytes: 100_000 } });
      for (let round = 1; round <= 5; round += 1) {
        const socket = await beginUpload(port, body.length, body.subarray(0, 50_000), type);
        socket.destroy();
        await vi.waitFor(() =>
          expect(log.filter(({ status }) => status === 499)).toHaveLength(round),
        );
      }
      expect(queued).toEqual([]);
      expect(await (await postFiles(url, { 'b.jpg': jpeg })).text()).toBe('b.jpg:Ada\n');
    },
  );

  it('while it waits is told to the recogniser', async () => {
    const signals: AbortSignal[] = [];
    const { port, log } = await serve({
      async recognise(_, signal) {
        signals.push(signal);
        await once(signal, 'abort');
        throw new RequestAbandonedError();
      },
    });
    const body = multipartBody([{ headers: FILE, body: jpeg }]);
    const socket = await beginUpload(port, body.length, body);
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    expect(signals[0]?.aborted).toBe(false);
    socket.destroy();
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true));
    await vi.waitFor(() => expect(log).toContainEqual(expect.objectContaining({ status: 499 })));
  });

  it('after its answer aborts nothing', async () => {
    const signals: AbortSignal[] = [];
    const { url } = await serve({
      recognise(_, signal) {
        signals.push(signal);
        return found();
      },
    });
    const response = await postFiles(url, { 'a.jpg': jpeg }, { Connection: 'close' });
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(signals[0]?.aborted).toBe(false);
  });
});

describe('the memory for uploads', () => {
  it('turns away what does not fit beside the uploads under way, and takes it later', async () => {
    const { url, port } = await serve({ limits: { arrivingBytes: 100_000 } });
    const body = multipartBody([{ headers: FILE, body: new Uint8Array(90_000) }]);
    const slow = await beginUpload(port, body.length, body.subarray(0, 80_000));
    const large = multipartBody([
      { headers: FILE, body: Buffer.concat([jpeg, new Uint8Array(50_000)]) },
    ]);

    await vi.waitFor(async () => {
      const refused = await post(url, large);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('Retry-After')).toBe('1');
      expect(await refused.text()).toMatch(/^error: overloaded: /);
    });
    slow.destroy();
    await vi.waitFor(async () => expect((await post(url, large)).status).toBe(200));
  });
});

describe('a client that reads the answer only when it has sent everything', () => {
  it.each(['multipart/form-data; boundary=x-boundary', 'image/jpeg'])(
    'gets it even when its upload was refused at the start: %s',
    async (type) => {
      const { port } = await serve({ limits: { fileBytes: 1000, requestBytes: 2000 } });
      const body = multipartBody([{ headers: FILE, body: new Uint8Array(30_000_000) }]);
      const socket = await beginUpload(port, body.length, body, type);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    },
  );
});
