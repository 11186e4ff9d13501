// fill-disk.js FOLDER: on a small disk that is FOLDER's own. Writes to a queue and a store until the
// disk is full, then after there is room again, and prints a line of JSON on what happened.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openLocalQueues } from '../../../dist/src/adapters/local/queues.js';
import { openLocalStore } from '../../../dist/src/adapters/local/store.js';
import { args, say, systemClock } from './program.js';

const [folder] = args;
const ballast = join(folder, 'ballast');

const queues = await openLocalQueues({ folder: join(folder, 'queues'), clock: systemClock });
const queue = await queues.create('photos');
const store = await openLocalStore({ folder, name: 'bucket', clock: systemClock });
await writeFile(ballast, Buffer.alloc(1_000_000));

/** Does it until it fails; how often it worked, and the code of the error. */
const untilFull = async (write) => {
  for (let count = 0; ; count++) {
    try {
      await write(count);
    } catch (error) {
      return { count, code: error.code };
    }
  }
};

const sends = await untilFull((i) => queue.send(`${i} ${'x'.repeat(100_000)}`));
const files = await untilFull((i) => store.put(`large-${i}`, Buffer.alloc(100_000)));
const small = await untilFull((i) => store.put(`small-${i}`, Buffer.alloc(20_000)));

await rm(ballast);
await store.put('after', Buffer.from('room again'));
await queue.send('room again');

let received = 0;
for (;;) {
  const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 30 });
  if (messages.length === 0) break;
  await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  received += messages.length;
}
let listed = 0;
for await (const { key } of store.list()) {
  await store.get(key);
  listed++;
}
say(JSON.stringify({ files, small, sends, received, listed }));
await queues.close();
await store.close();
