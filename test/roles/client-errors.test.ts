import { once } from 'node:events';
import { createServer, type ServerOptions, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { answerClientErrors } from '../../src/roles/client-errors.ts';
import { trackConnections } from '../../src/roles/connections.ts';

async function served(
  onRequest: (response: ServerResponse) => void = (response) => response.end(),
  options: ServerOptions = {},
) {
  const log: Record<string, unknown>[] = [];
  const server = createServer(options, (_, response) => onRequest(response));
  const pinoLog = pino({}, { write: (line) => log.push(JSON.parse(line)) });
  answerClientErrors(server, trackConnections(server), pinoLog);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const client = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return { client, log };
}

describe('what is no request', () => {
  it.each([
    ['HELLO\r\n\r\n', '400 Bad Request', 'malformed_request'],
    [
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n',
      '400 Bad Request',
      'malformed_request',
    ],
    ['GET / HTTP/1.1\r\nContent Length : 1\r\n\r\n', '400 Bad Request', 'malformed_request'],
    [
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'headers_too_large',
    ],
  ])('is answered by code and sentence, and logged: %j', async (sent, status, code) => {
    const { client, log } = await served();
    const socket = await client();
    socket.write(sent);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}\r\n`);
    const { id, error } = JSON.parse(body) as { id: string; error: unknown };
    expect(error).toEqual({ code, message: expect.stringMatching(/^.+\.$/) as string });
    expect(head).toContain(`X-Request-Id: ${id}`);
    expect(log).toMatchObject([{ requestId: id, status: Number(status.slice(0, 3)), code }]);
  });

  it('is answered so as well when it never becomes one', async () => {
    const { client } = await served(undefined, {
      headersTimeout: 20,
      connectionsCheckingInterval: 20,
    });
    const socket = await client();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 [^]*"code":"upload_timeout"/);
  });

  it('ends the connection without a word when an answer is on its way there', async () => {
    const { client } = await served((response) => response.write('the first half, '));
    const socket = await client();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.write('HELLO\r\n\r\n');
    expect(await text(socket).catch(() => '')).not.toContain('malformed_request');
  });
});
