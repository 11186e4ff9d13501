import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../src/package-root.ts';
import { generated } from './generated.ts';

const page = join(packageRoot, 'docs/scaling.md');
writeFileSync(page, await generated(readFileSync(page, 'utf8')));
