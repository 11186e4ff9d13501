// await-message.js FOLDER QUEUE: waits for a message and prints it. Its clock stands still, so
// nothing but a wake-up from another process makes it look again.
import { openLocalQueues } from '../../../dist/src/adapters/local/queues.js';
import { args, say } from './program.js';

const [folder, name] = args;
const startedAt = Date.now();
const stoppedClock = {
  now: () => startedAt,
  setTimeout: () => undefined,
  clearTimeout: () => undefined,
};

const queues = await openLocalQueues({ folder, clock: stoppedClock });
const queue = await queues.open(name);
const received = queue.receive({ max: 1, waitSeconds: 20, visibilitySeconds: 30 });
setTimeout(() => say('waiting'), 100);
const keepAlive = setInterval(() => undefined, 1000);
const [message] = await received;
say(`got ${message?.body}`);
clearInterval(keepAlive);
await queues.close();
