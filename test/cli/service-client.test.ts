import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import { expect, it, onTestFinished } from 'vitest';

import { fleetAnswer } from '../../src/cli/fleet-table.ts';
import { askService } from '../../src/cli/service-client.ts';
import { facefleet } from '../e2e/service.ts';

/** A server that does as told with each connection; its URL. */
async function server(treat: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    treat(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  await once(listening, 'listening');
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const answering = (status: string, body: string) => (socket: Socket) =>
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n\r\n${body}`);

const ask = (url: string): Promise<unknown> =>
  askService(url, '/v1/fleet', fleetAnswer, { patienceMs: 1000 });

it.each([
  { what: 'closes at once', treat: (socket: Socket) => socket.destroy() },
  { what: 'never answers', treat: () => {} },
  { what: 'begins an answer', treat: (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n{') },
  { what: 'goes away', treat: (socket: Socket) => socket.once('data', () => socket.end()) },
])('a server that $what is no answer', async ({ treat }) => {
  const url = await server(treat);
  await expect(ask(url)).rejects.toThrow(`No service answers on ${url}.`);
});

it.each(['{}', '{"instances":[]}', 'null', 'hello', ''])(
  'a server that answers "%s" is no facefleet',
  async (body) => {
    const url = await server(answering('200 OK', body));
    await expect(ask(url)).rejects.toThrow(`What listens on ${url} is no facefleet service.`);
  },
);

it("a refusal is told in the service's own words", async () => {
  const body = '{"error":{"code":"not_found","message":"No controller runs in this process."}}';
  const url = await server(answering('404 Not Found', body));
  await expect(ask(url)).rejects.toThrow('No controller runs in this process.');
});

it('a key that is wanting is told by the setting that holds it', async () => {
  const body = '{"error":{"code":"key_needed","message":"This needs a key."}}';
  const url = await server(answering('401 Unauthorized', body));
  await expect(ask(url)).rejects.toThrow('This needs a key. Set FACEFLEET_ADMIN_KEY to it.');
});

it.each(['localhost:8000', 'here'])('%s is no URL of a service', async (url) => {
  await expect(ask(url)).rejects.toThrow(
    `--url must be a URL such as http://127.0.0.1:8000, and ${url} is none.`,
  );
});

it('a command ends with 1 and a sentence although nothing but its question keeps it alive', async () => {
  const url = await server((socket) => socket.destroy());
  const { code, stderr } = await facefleet('fleet', '--url', url);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^facefleet: No service answers on .+\n$/);
});
