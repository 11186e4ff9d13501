import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { STATUS_OF_CODE } from '../../src/http/errors.ts';
import { packageRoot } from '../../src/package-root.ts';

it('docs/http.md lists every error code with its status, and no other', async () => {
  const page = await readFile(join(packageRoot, 'docs/http.md'), 'utf8');
  const rows = page.matchAll(/^\| (\d{3}) +\| `(\w+)` /gm);
  const documented = Object.fromEntries(
    [...rows].map(([, status, code]) => [code, Number(status)]),
  );
  expect(documented).toEqual(STATUS_OF_CODE);
});
