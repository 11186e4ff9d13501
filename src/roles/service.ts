import { DataFolderInUseError } from '../adapters/local/data-folder.ts';
import { ownIdentity } from '../adapters/local/process-identity.ts';
import type { ProcessRegistry } from '../adapters/local/process-registry.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { SERVICE } from './instance.ts';

/**
 * Makes this process the one service of a data folder; the result gives the folder back.
 * @throws DataFolderInUseError
 */
export function holdDataFolder(processes: ProcessRegistry, dataDir: string): () => void {
  const own = ownIdentity();
  const holder = processes.claim(SERVICE, {
    ...own,
    state: 'running',
    launchedAt: systemClock.now(),
  });
  if (holder.pid !== own.pid) throw new DataFolderInUseError(dataDir, holder);
  return () => processes.release(SERVICE, own);
}
