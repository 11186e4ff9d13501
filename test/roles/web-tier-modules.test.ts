import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';

const LOADED = `
  await import(${JSON.stringify(join(packageRoot, 'dist/src/roles/web.js'))});
  console.log(process.report.getReport().sharedObjects.join('\\n'));
`;

it('the web tier loads neither models nor image decoders, which are for workers', async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', LOADED]);
  expect(stdout.trim()).not.toBe('');
  expect(stdout.split('\n').filter((path) => /onnxruntime|sharp|vips/.test(path))).toEqual([]);
});
