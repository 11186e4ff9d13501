// overwrite.js FOLDER BUCKET KEY BYTES: puts one body after another under KEY, each of one letter
// all through, and prints the ETag of each that was acknowledged.
import { openLocalStore } from '../../../dist/src/adapters/local/store.js';
import { args, say, systemClock } from './program.js';

const [folder, name, key, bytes] = args;

const store = await openLocalStore({ folder, name, clock: systemClock });
say('ready');
for (let i = 0; ; i++) {
  const { etag } = await store.put(key, Buffer.alloc(Number(bytes), 'abcdefghij'[i % 10]));
  say(etag);
}
