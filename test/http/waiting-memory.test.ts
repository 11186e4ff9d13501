import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, it, onTestFinished, vi } from 'vitest';

import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { createLog } from '../../src/log.ts';
import { startWeb } from '../../src/roles/web.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { multipartBody } from './multipart-body.ts';
import { photo } from './photos.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MB = 2 ** 20;
const UPLOADS = 40;

/** Bytes that this process holds, in and outside the heap of the engine. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it.each([
  ['in its message', MB / 2],
  ['by way of the bucket', 5 * MB],
])('an upload that waits for its answer holds no photo: one sent %s', async (_, bytes) => {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const world = await openLocalWorld(folder);
  const config = {
    host: '127.0.0.1',
    port: 0,
    deadline: 60,
    maxQueueDepth: 1000,
    retention: 30,
    adminKey: undefined,
  };
  const web = await startWeb(world, config, createLog({ logLevel: 'silent' }, {}));
  const body = multipartBody([
    {
      headers: ['Content-Disposition: form-data; name="photo"; filename="a.jpg"'],
      body: Buffer.concat([await photo(), Buffer.alloc(bytes)]),
    },
  ]);
  const before = heldBytes();

  // All of them send the same buffer, so that what is held more is held by the web tier.
  const clients = Array.from({ length: UPLOADS }, () => {
    const socket = connect(Number(new URL(web.url).port), '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' +
        'Content-Type: multipart/form-data; boundary=x-boundary\r\n' +
        `Content-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    return socket;
  });
  await vi.waitFor(async () => {
    expect(await world.requests.depth()).toMatchObject({ visible: UPLOADS });
    expect((heldBytes() - before) / UPLOADS).toBeLessThan(0.1 * MB);
  }, 20_000);

  for (const client of clients) client.destroy();
  await web.stop();
  await world.close();
});
