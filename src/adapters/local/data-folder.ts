import { accessSync, constants, mkdtempSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

import { FacefleetError } from '../../bus/errors.ts';
import { makeFolder } from './file-system.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Thrown when the data folder cannot be made or written. */
export class DataFolderError extends FacefleetError {
  readonly code = 'data_folder_unusable';
  readonly folder: string;

  constructor(folder: string, options?: ErrorOptions) {
    super(
      `The data folder ${folder} cannot be written. Give this user the right to write it, ` +
        'or choose another one with --data-dir or FACEFLEET_DATA_DIR.',
      options,
    );
    this.folder = folder;
  }
}

/** Thrown when another service runs on the data folder. */
export class DataFolderInUseError extends FacefleetError {
  readonly code = 'data_folder_in_use';
  readonly holder: ProcessIdentity;

  constructor(folder: string, holder: ProcessIdentity) {
    super(
      `The data folder ${folder} is in use by another facefleet service (process ${holder.pid}). ` +
        'Stop that one first, or choose another folder with --data-dir or FACEFLEET_DATA_DIR.',
    );
    this.holder = holder;
  }
}

/**
 * Makes the folder if it is not there.
 * @throws DataFolderError
 */
export function prepareDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.X_OK);
    // Permissions tell root nothing, and no user that the file system takes no folder.
    rmdirSync(mkdtempSync(join(folder, '.writable-')));
  } catch (cause) {
    throw new DataFolderError(folder, { cause });
  }
}
