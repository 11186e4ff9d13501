// open-and-close.js FOLDER: opens and closes the environment again and again, and says so
// each time, until it is killed.
import { Environment } from '../../../dist/src/adapters/local/environment.js';
import { args, say, systemClock } from './program.js';

const [folder] = args;
const options = {
  folder,
  clock: systemClock,
  openTables: (root) => root.openDB('table', {}),
  mapAnew: { afterMs: Infinity, afterTransactions: Infinity },
  durability: 'outlives-processes',
};

for (;;) {
  const environment = new Environment(options);
  say('opened');
  await environment.close();
}
