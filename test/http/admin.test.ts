import { request } from 'node:http';

import { describe, expect, it } from 'vitest';

import { serve } from './serve.ts';

/** POSTs an order; fetch() would set the Host itself. */
function purge(
  port: number,
  headers: Record<string, string> = {},
  body = '{"what":"queues"}',
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        path: '/v1/admin/purge',
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('POST /v1/admin/purge', () => {
  it.each(['queues', 'buckets'])('empties the %s', async (what) => {
    const purged: string[] = [];
    const { port } = await serve({ purge: async (part) => void purged.push(part) });
    const { status, text } = await purge(port, {}, JSON.stringify({ what }));
    expect({ status, text }).toEqual({ status: 200, text: JSON.stringify({ purged: what }) });
    expect(purged).toEqual([what]);
  });

  it.each([
    '',
    '{',
    '[]',
    '"queues"',
    '{"what":"gallery"}',
    '{"what":"queues","also":1}',
    `{"what":"${'x'.repeat(5000)}"}`,
  ])('refuses what is no order: %s', async (body) => {
    const purged: string[] = [];
    const { port } = await serve({ purge: async (part) => void purged.push(part) });
    const { status, text } = await purge(port, {}, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'malformed_request' } });
    expect(purged).toEqual([]);
  });
});

describe('an admin act', () => {
  const local = { key: undefined, isLoopback: true };
  const open = { key: undefined, isLoopback: false };
  const locked = { key: 'secret', isLoopback: true };

  it.each([
    ['this machine by number', local, {}, 200],
    ['this machine by name', local, { Host: 'localhost:8000' }, 200],
    ['this machine by IPv6', local, { Host: '[::1]:8000' }, 200],
    ['a name that points to this machine', local, { Host: 'evil.example:8000' }, 403],
    ['a name that looks like it', local, { Host: '127.0.0.1.evil.example' }, 403],
    ['a page of another site', local, { Origin: 'http://evil.example' }, 403],
    ['anybody, on an open server without a key', open, {}, 403],
    ['somebody without the key', locked, {}, 401],
    ['somebody with another key', locked, { Authorization: 'Bearer Secret' }, 401],
    ['somebody with a part of the key', locked, { Authorization: 'Bearer secre' }, 401],
    ['somebody with the key', locked, { Authorization: 'Bearer secret' }, 200],
    [
      'a key from afar',
      { ...locked, isLoopback: false },
      { Authorization: 'Bearer secret', Host: 'box:8000' },
      200,
    ],
  ])('from %s', async (_, admin, headers, expected) => {
    const purged: string[] = [];
    const { port } = await serve({ admin, purge: async (part) => void purged.push(part) });
    const { status } = await purge(port, headers);
    expect(status).toBe(expected);
    expect(purged).toHaveLength(expected === 200 ? 1 : 0);
  });
});
