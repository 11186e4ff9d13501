import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { readModelSet } from '../recognition/model-manifest.ts';
import { type Check, failed, ok } from './check.ts';

/** Whether the models in use are there and byte for byte what the manifest says. */
export function modelsCheck(modelsDir: string, embedderId: string): Check {
  return {
    name: 'models',
    async look() {
      const { files } = await readModelSet(modelsDir, embedderId);
      const changed: string[] = [];
      for (const { path, sha256 } of files) {
        const actual = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        // A model that somebody put there by hand has no known sum.
        if (sha256 !== undefined && actual !== sha256) changed.push(path);
      }
      return changed.length === 0
        ? ok(`${files.map(({ id }) => id).join(', ')}: there, and as the manifest says.`)
        : failed(
            `Not what the manifest says (SHA-256): ${changed.join(', ')}.`,
            'Delete what is named and build it again: npm run models',
          );
    },
  };
}
