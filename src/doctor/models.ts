import { changedFiles } from '../recognition/model-checksums.ts';
import { readModelSet } from '../recognition/model-manifest.ts';
import { type Check, failed, ok } from './check.ts';

/** Whether the models in use are there and byte for byte what the manifest says. */
export function modelsCheck(modelsDir: string, embedderId: string): Check {
  return {
    name: 'models',
    async look() {
      const models = await readModelSet(modelsDir, embedderId);
      const changed = await changedFiles(models);
      return changed.length === 0
        ? ok(`${models.files.map(({ id }) => id).join(', ')}: there, and as the manifest says.`)
        : failed(
            `Not what the manifest says (SHA-256): ${changed.join(', ')}.`,
            'Delete what is named and build it again: npm run models',
          );
    },
  };
}
