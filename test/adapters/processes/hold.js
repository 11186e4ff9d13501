// hold.js FOLDER QUEUE: receives one message for five minutes, prints "got BODY", and keeps it until it is killed.
import { openLocalQueues } from '../../../dist/src/adapters/local/queues.js';
import { args, say, systemClock } from './program.js';

const [folder, name] = args;

const queues = await openLocalQueues({ folder, clock: systemClock });
const queue = await queues.open(name);
const [message] = await queue.receive({ max: 1, waitSeconds: 20, visibilitySeconds: 300 });
say(`got ${message.body}`);
process.stdin.resume();
