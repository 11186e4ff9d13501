import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { multipartBody, post } from './multipart-body.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

const FILE = ['Content-Disposition: form-data; name="photo"; filename="a.jpg"'];
const jpeg = await photo();
const wellFormed = multipartBody([
  { headers: FILE, body: jpeg },
  { headers: ['Content-Disposition: form-data; name="note"'], body: 'hello' },
  {
    headers: [...FILE, 'Content-Type: image/jpeg', 'Content-Transfer-Encoding: base64'],
    body: Buffer.from(jpeg).toString('base64'),
  },
]);

const position = fc.nat(wellFormed.length - 1);

/** One way to spoil a body: bytes changed, cut out, or doubled. */
const mutation = fc.oneof(
  fc.tuple(position, fc.nat(255)).map(([at, byte]) => (body: Buffer) => {
    const copy = Buffer.from(body);
    copy[at % copy.length] = byte;
    return copy;
  }),
  fc.tuple(position, fc.nat(80)).map(
    ([at, length]) =>
      (body: Buffer) =>
        Buffer.concat([body.subarray(0, at), body.subarray(at + length)]),
  ),
  fc.tuple(position, fc.nat(80)).map(
    ([at, length]) =>
      (body: Buffer) =>
        Buffer.concat([body.subarray(0, at + length), body.subarray(at)]),
  ),
);

describe('a spoilt upload', () => {
  it('is answered or refused, and never a failure of ours', async () => {
    const { url, log } = await serve();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const body = mutations.reduce<Buffer>((spoilt, mutate) => mutate(spoilt), wellFormed);
        const { status } = await post(url, new Uint8Array(body));
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect(log.filter(({ level }) => level === 50)).toEqual([]);
  });
});
