import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { generated } from '../../docs/generated.ts';
import { packageRoot } from '../../src/package-root.ts';

const page = await readFile(join(packageRoot, 'docs/aws.md'), 'utf8');

it("docs/aws.md lists EC2's refusals with what mends them (mend: npm run docs)", async () => {
  expect(page).toBe(await generated(page));
  expect(page).toMatch(/\| `InsufficientInstanceCapacity` +\| EC2 has no more instances/);
});
