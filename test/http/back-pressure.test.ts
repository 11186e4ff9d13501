import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { StorageFullError } from '../../src/bus/errors.ts';
import { QueueFullError } from '../../src/roles/queue-room.ts';
import { multipartBody, post, postFiles } from './multipart-body.ts';
import { photo } from './photos.ts';
import { face, found, serve } from './serve.ts';

const FILE = ['Content-Disposition: form-data; name="photo"; filename="a.jpg"'];
const jpeg = await photo();
const upload = multipartBody([{ headers: FILE, body: jpeg }]);

/** A recogniser that answers nobody before it is told to. */
function gate(): { open: () => void; recognise: () => Promise<ReturnType<typeof found>> } {
  const gate = new AbortController();
  const opened = once(gate.signal, 'abort');
  return { open: () => gate.abort(), recognise: () => opened.then(() => found(face('Ada'))) };
}

interface Answer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
}

/** Uploads from an address of this machine, each on a connection of its own. */
function postFrom(localAddress: string, port: number, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        localAddress,
        method: 'POST',
        headers: { 'Content-Type': 'multipart/form-data; boundary=x-boundary' },
        ...(agent && { agent }),
      },
      (response) => {
        response.resume();
        response.once('end', () =>
          resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(upload);
  });
}

describe('uploads under way', () => {
  it('are so many for one client: 429, until one is answered', async () => {
    const { open, recognise } = gate();
    const { port, queued } = await serve({ recognise, limits: { requestsOfClient: 2 } });
    const waiting = [postFrom('127.0.0.1', port), postFrom('127.0.0.1', port)];
    await vi.waitFor(() => expect(queued).toHaveLength(2));
    expect(await postFrom('127.0.0.1', port)).toEqual({ status: 429, retryAfter: '1' });
    const another = postFrom('127.0.0.2', port);
    await vi.waitFor(() => expect(queued).toHaveLength(3));
    open();
    const answers = await Promise.all([...waiting, another]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await postFrom('127.0.0.1', port)).toMatchObject({ status: 200 });
  });

  it('are so many for all: 503', async () => {
    const { open, recognise } = gate();
    const { port, queued } = await serve({ recognise, limits: { requests: 1 } });
    const waiting = postFrom('127.0.0.1', port);
    await vi.waitFor(() => expect(queued).toHaveLength(1));
    expect(await postFrom('127.0.0.2', port)).toEqual({ status: 503, retryAfter: '1' });
    open();
    expect(await waiting).toMatchObject({ status: 200 });
    expect(await postFrom('127.0.0.2', port)).toMatchObject({ status: 200 });
  });

  it('give a client no more than its part of the memory', async () => {
    const { url } = await serve({ limits: { arrivingBytesOfClient: 50_000 } });
    const large = multipartBody([{ headers: FILE, body: new Uint8Array(60_000) }]);
    const refused = await post(url, large);
    expect(refused.status).toBe(429);
    expect(await refused.text()).toMatch(/^error: too_many_requests: /);
    expect((await postFiles(url, { 'a.jpg': jpeg })).status).toBe(200);
  });

  it('may be 1,000 at once', async () => {
    const { port } = await serve();
    const agent = new Agent({ maxSockets: Infinity });
    onTestFinished(() => agent.destroy());
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => postFrom('127.0.0.1', port, agent)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1000);
  });
});

describe('a photo for which there is no room', () => {
  const full = new StorageFullError('/var/lib/facefleet');

  it.each([
    ['the queue is full', new QueueFullError(10_000), 'queue_full', '10'],
    ['the disk is full', full, 'storage_full', '30'],
  ])('is refused before it arrives: %s', async (_, error, code, retryAfter) => {
    const { url, queued } = await serve({ checkRoom: () => Promise.reject(error) });
    const response = await postFiles(url, { 'a.jpg': jpeg });
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).toBe(retryAfter);
    const text = await response.text();
    expect(text).toMatch(new RegExp(`^error: ${code}: `));
    expect(text).not.toContain('/var');
    expect(queued).toEqual([]);
  });

  it('is refused when that shows only as it is queued', async () => {
    const { url, log } = await serve({ recognise: () => Promise.reject(full) });
    const response = await postFiles(url, { 'a.jpg': jpeg }, { Accept: 'application/json' });
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).toBe('30');
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'storage_full' } });
    expect(body).not.toContain('/var');
    expect(JSON.stringify(log)).toContain('/var/lib/facefleet');
  });

  it('is measured by what is announced', async () => {
    const asked: number[] = [];
    const { url } = await serve({ checkRoom: async (bytes) => void asked.push(bytes) });
    await post(url, upload);
    expect(asked).toEqual([upload.length]);
  });
});

describe('an upload that comes too slowly', () => {
  it('ends with 408, and its connection with it', async () => {
    const { port, log } = await serve({ limits: { pace: { graceMs: 300, bytesPerSecond: 1000 } } });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n' +
        'Content-Type: multipart/form-data; boundary=x-boundary\r\n\r\n',
    );
    const trickle = setInterval(() => socket.write('-'), 50);
    onTestFinished(() => clearInterval(trickle));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'end');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('error: upload_timeout: ');
    expect(log).toContainEqual(expect.objectContaining({ status: 408 }));
  });

  it('is none as long as enough arrives', async () => {
    const { port } = await serve({ limits: { pace: { graceMs: 200, bytesPerSecond: 20 } } });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${upload.length}\r\n` +
        'Content-Type: multipart/form-data; boundary=x-boundary\r\n\r\n',
    );
    for (let at = 0; at < upload.length; at += 40) {
      socket.write(upload.subarray(at, at + 40));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
