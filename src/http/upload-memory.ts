import { HttpError } from './errors.ts';

/**
 * The memory that uploads may take until they are queued, all together: slow clients cannot fill up
 * the process. Waiting for an answer takes none.
 */
export class UploadMemory {
  #freeBytes: number;

  constructor(bytes: number) {
    this.#freeBytes = bytes;
  }

  /** The share of one upload, which grows as it arrives and is given back when it is queued. */
  share(): MemoryShare {
    let held = 0;
    return {
      grow: (bytes) => {
        if (bytes > this.#freeBytes) throw overloaded();
        this.#freeBytes -= bytes;
        held += bytes;
      },
      release: () => {
        this.#freeBytes += held;
        held = 0;
      },
    };
  }
}

export interface MemoryShare {
  /** @throws HttpError when the memory is used up */
  readonly grow: (bytes: number) => void;
  readonly release: () => void;
}

const overloaded = (): HttpError =>
  new HttpError(
    'overloaded',
    'Too many uploads are under way at once. Send the photo again in a moment.',
  );
