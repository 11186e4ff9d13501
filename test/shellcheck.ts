import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../src/package-root.ts';

const IN_CACHE = join(packageRoot, 'test', '.cache', 'moto', 'bin', 'shellcheck');

/** Path of shellcheck, which `npm run moto` installs too; `undefined` where it is not there. */
export const shellcheck = existsSync(IN_CACHE) ? IN_CACHE : undefined;
