// increment.js FOLDER BUCKET KEY TIMES: adds one to the number stored under KEY, TIMES times, by
// conditional writes.
import { openLocalStore } from '../../../dist/src/adapters/local/store.js';
import { args, systemClock } from './program.js';

const [folder, name, key, times] = args;

const store = await openLocalStore({ folder, name, clock: systemClock });
let done = 0;
while (done < Number(times)) {
  const { body, etag } = await store.get(key);
  const next = Buffer.from(String(Number(Buffer.from(body).toString()) + 1));
  try {
    await store.put(key, next, { ifMatch: etag });
    done++;
  } catch (error) {
    if (error.code !== 'precondition_failed') throw error;
  }
}
await store.close();
