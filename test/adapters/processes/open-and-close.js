// open-and-close.js FOLDER DURABILITY: opens and closes the environment again and again, and says so
// each time, until it is killed.
import { Environment } from '../../../dist/src/adapters/local/environment.js';
import { args, say, systemClock } from './program.js';

const [folder, durability] = args;
const openTables = (root) => root.openDB('table', {});

for (;;) {
  const environment = new Environment({ folder, clock: systemClock, openTables, durability });
  say('opened');
  await environment.close();
}
