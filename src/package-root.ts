import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Absolute path of the package's own folder, the same from `src/` and from the compiled `dist/`. */
export const packageRoot: string = dirname(createRequire(import.meta.url).resolve('#package.json'));
