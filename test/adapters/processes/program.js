import { writeSync } from 'node:fs';

import { systemClock } from '../../../dist/src/adapters/system-clock.js';

/** What the programs here share: they run the compiled code, as the service's own processes do. */
export { systemClock };

export const args = process.argv.slice(2);

/** Prints a line before anything else happens: what was printed had happened, even after a kill. */
export const say = (line) => writeSync(1, `${line}\n`);
