import type { Config } from '../config.ts';
import type { Check } from './check.ts';
import { dataFolderCheck, diskCheck } from './data-folder.ts';
import { capacityCheck, openFilesCheck } from './limits.ts';
import { modelsCheck } from './models.ts';

type Needs = Config<'world' | 'dataDir'> &
  Partial<Config<'modelsDir' | 'embedder' | 'maxInstances'>>;

/** What the doctor can look at in a service that runs, as far as its settings concern it. */
export const serviceChecks = ({
  world,
  dataDir,
  modelsDir,
  embedder,
  maxInstances,
}: Needs): Check[] => [
  ...(modelsDir === undefined || embedder === undefined ? [] : [modelsCheck(modelsDir, embedder)]),
  ...(world === 'local' ? [dataFolderCheck(dataDir), diskCheck(dataDir)] : []),
  openFilesCheck(),
  ...(world === 'local' && maxInstances !== undefined ? [capacityCheck(maxInstances)] : []),
];
