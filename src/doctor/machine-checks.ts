import type { Config } from '../config.ts';
import type { Check } from './check.ts';
import { dataFolderCheck, diskCheck } from './data-folder.ts';
import { leftoversCheck } from './leftovers.ts';
import { capacityCheck, openFilesCheck } from './limits.ts';
import { modelsCheck } from './models.ts';
import { nodeVersionCheck } from './node-version.ts';
import { recognitionCheck } from './recognition.ts';

type Needs = Config<'world' | 'dataDir'> &
  Partial<Config<'modelsDir' | 'embedder' | 'maxInstances'>>;

/** What must be right on a machine, as far as the settings concern it: for the doctor and a service that runs. */
export const machineChecks = (needs: Needs): Check[] => [
  nodeVersionCheck(),
  ...(needs.world === 'local' ? [...recognitionChecks(needs), ...dataChecks(needs)] : []),
  openFilesCheck(),
];

/** A part of the service without workers has neither models nor a number of instances. */
const recognitionChecks = ({ modelsDir, embedder, maxInstances }: Needs): Check[] => [
  ...(modelsDir === undefined || embedder === undefined
    ? []
    : [modelsCheck(modelsDir, embedder), recognitionCheck(modelsDir, embedder)]),
  ...(maxInstances === undefined ? [] : [capacityCheck(maxInstances)]),
];

const dataChecks = ({ dataDir }: Needs): Check[] => [
  dataFolderCheck(dataDir),
  diskCheck(dataDir),
  leftoversCheck(dataDir),
];
