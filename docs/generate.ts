import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../src/package-root.ts';
import { generated } from './generated.ts';

for (const name of ['scaling.md', 'aws.md']) {
  const page = join(packageRoot, 'docs', name);
  writeFileSync(page, await generated(readFileSync(page, 'utf8')));
}
