// consume.js FOLDER QUEUE VISIBILITY_SECONDS: receives and deletes until its input ends. Prints
// "got BODY" for each message received and "deleted BODY" when it is deleted.
import { openLocalQueues } from '../../../dist/src/adapters/local/queues.js';
import { args, say, systemClock } from './program.js';

const [folder, name, visibilitySeconds] = args;
const AT_ONCE = 4;

const queues = await openLocalQueues({ folder, clock: systemClock });
const queue = await queues.open(name);
const stop = new AbortController();
process.stdin.on('end', () => stop.abort()).resume();

const consume = async () => {
  while (!stop.signal.aborted) {
    const messages = await queue.receive({
      max: 3,
      waitSeconds: 20,
      visibilitySeconds: Number(visibilitySeconds),
      signal: stop.signal,
    });
    for (const { body, receiptHandle } of messages) {
      say(`got ${body}`);
      await queue.delete([receiptHandle]);
      say(`deleted ${body}`);
    }
  }
};
say('ready');
await Promise.all(Array.from({ length: AT_ONCE }, consume));
await queues.close();
