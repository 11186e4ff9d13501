import { join } from 'node:path';

import { FacefleetError } from '../src/bus/errors.ts';
import { packageRoot } from '../src/package-root.ts';
import { buildModels } from './build-models.ts';

/** `npm run models [-- FOLDER]`; also run by npm after an installation. */
try {
  const folder = process.argv[2] ?? join(packageRoot, 'models');
  await buildModels(folder, (line) => process.stdout.write(`models: ${line}\n`));
} catch (error) {
  const reason = error instanceof FacefleetError ? error.message : String(error);
  process.stderr.write(`models: ${reason}\n`);
  process.exitCode = 1;
}
