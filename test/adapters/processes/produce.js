// produce.js FOLDER QUEUE PREFIX COUNT [DURABILITY]: sends COUNT messages and prints each that was
// acknowledged.
import { openLocalQueues } from '../../../dist/src/adapters/local/queues.js';
import { args, say, systemClock } from './program.js';

const [folder, name, prefix, count, durability] = args;
const AT_ONCE = 8;

const queues = await openLocalQueues({ folder, clock: systemClock, durability });
const queue = await queues.open(name);
let next = 0;

const sendSome = async () => {
  while (next < Number(count)) {
    const body = `${prefix}-${next++}`;
    await queue.send(body);
    say(body);
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
await queues.close();
