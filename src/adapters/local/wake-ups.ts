import { closeSync, type FSWatcher, futimesSync, openSync, watch } from 'node:fs';

/**
 * Tells every process that watches the same file that there is something to look at. Whoever
 * subscribes before looking misses nothing. A hint, not a promise: a system that has run out of file
 * watches delivers none, so receivers also look now and then by themselves.
 */
export class WakeUps {
  readonly #descriptor: number;
  readonly #watcher: FSWatcher | undefined;
  readonly #listeners = new Set<() => void>();
  #isSignalling = false;
  #isClosed = false;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a');
    this.#watcher = watchQuietly(file, () => this.#notify());
  }

  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Wakes the listeners in this process and, by the file, those in the others: once for all who
   * signal at a time, as the senders of one commit do.
   */
  signal(): void {
    if (this.#isSignalling) return;
    this.#isSignalling = true;
    queueMicrotask(() => {
      this.#isSignalling = false;
      if (this.#isClosed) return;
      this.#notify();
      // A change of times, whichever: unlike a write it needs no room on the disk.
      futimesSync(this.#descriptor, 0, 0);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#listeners.clear();
    closeSync(this.#descriptor);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function watchQuietly(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }, onChange).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
