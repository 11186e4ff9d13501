import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ModelUnavailableError } from './errors.ts';
import type { ModelSet } from './model-manifest.ts';

/**
 * The paths of the model files that are not byte for byte what their manifest says. One that somebody
 * put there by hand has no known sum.
 */
export async function changedFiles({ files }: Pick<ModelSet, 'files'>): Promise<string[]> {
  const changed: string[] = [];
  for (const { path, sha256 } of files) {
    const actual = createHash('sha256').update(await readFile(path));
    if (sha256 !== undefined && actual.digest('hex') !== sha256) changed.push(path);
  }
  return changed;
}

/**
 * Refuses a model that was cut off, which would only fail each worker, and one with a flipped bit,
 * which may load and recognise nobody. Takes some 20 ms.
 * @throws ModelUnavailableError
 */
export async function verifyFiles(models: Pick<ModelSet, 'files'>): Promise<void> {
  const [path] = await changedFiles(models);
  if (path === undefined) return;
  throw new ModelUnavailableError(
    `The model ${path} is damaged: its SHA-256 is not the one in manifest.json. ` +
      `Build it anew with \`npm run models -- ${dirname(path)}\`.`,
  );
}
