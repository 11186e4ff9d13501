import { DataFolderInUseError } from '../adapters/local/data-folder.ts';
import { ownIdentity, type ProcessIdentity } from '../adapters/local/process-identity.ts';
import { CONTROLLER, type ProcessRegistry, SERVICE } from '../adapters/local/process-registry.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { FacefleetError } from '../bus/errors.ts';

/** Thrown when another process scales the fleet of the data folder. */
export class ControllerRunsError extends FacefleetError {
  readonly code = 'controller_runs';
  readonly holder: ProcessIdentity;

  constructor(folder: string, holder: ProcessIdentity) {
    super(
      `Another controller (process ${holder.pid}) scales the fleet of the data folder ${folder}. ` +
        'Stop that one first, or choose another folder with --data-dir or FACEFLEET_DATA_DIR.',
    );
    this.holder = holder;
  }
}

/**
 * Makes this process the one web tier of a data folder; the result gives the folder back.
 * @throws DataFolderInUseError
 */
export function holdDataFolder(processes: ProcessRegistry, dataDir: string): () => void {
  return hold(processes, SERVICE, (holder) => new DataFolderInUseError(dataDir, holder));
}

/**
 * Makes this process the one controller of a data folder's fleet; the result ends that.
 * @throws ControllerRunsError
 */
export function holdFleet(processes: ProcessRegistry, dataDir: string): () => void {
  return hold(processes, CONTROLLER, (holder) => new ControllerRunsError(dataDir, holder));
}

function hold(
  processes: ProcessRegistry,
  name: string,
  refusal: (holder: ProcessIdentity) => FacefleetError,
): () => void {
  const own = ownIdentity();
  const holder = processes.claim(name, {
    ...own,
    state: 'running',
    launchedAt: systemClock.now(),
  });
  if (holder.pid !== own.pid) throw refusal(holder);
  return () => processes.release(name, own);
}
