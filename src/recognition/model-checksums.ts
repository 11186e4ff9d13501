import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ModelUnavailableError } from './errors.ts';
import type { ModelSet } from './model-manifest.ts';

/**
 * Whether the model files are the ones that their manifest describes: one that was cut off would only
 * fail each worker, and one with a flipped bit may load and recognise nobody. Takes some 20 ms.
 * @throws ModelUnavailableError
 */
export async function verifyChecksums({ files }: Pick<ModelSet, 'files'>): Promise<void> {
  for (const { path, sha256 } of files) {
    if (sha256 === undefined) continue;
    const actual = createHash('sha256').update(await readFile(path));
    if (actual.digest('hex') !== sha256) {
      throw new ModelUnavailableError(
        `The model ${path} is damaged: its SHA-256 is not the one in manifest.json. ` +
          `Build it anew with \`npm run models -- ${dirname(path)}\`.`,
      );
    }
  }
}
