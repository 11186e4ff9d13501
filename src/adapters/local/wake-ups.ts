import { closeSync, type FSWatcher, futimesSync, openSync, watch } from 'node:fs';
import { join } from 'node:path';

/** So few files serve every queue of a folder, and so many that queues in use seldom share one. */
const FILES = 64;

/**
 * Tells every process that watches the same file that there is something to look at. Whoever
 * subscribes before looking misses nothing. A hint, not a promise: a system that has run out of file
 * watches delivers none, so receivers also look now and then by themselves.
 */
class WakeUp {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;
  #isSignalling = false;
  #isClosed = false;

  constructor(file: string) {
    this.#file = file;
    this.#descriptor = openSync(file, 'a');
  }

  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
    this.#watcher ??= watchQuietly(this.#file, () => this.#notify());
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

/** The wake-ups of the queues in a folder: who waits on one queue is not woken for the others. */
export class WakeUps {
  readonly #folder: string;
  readonly #byFile = new Map<string, WakeUp>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  of(queue: string): Pick<WakeUp, 'subscribe' | 'signal'> {
    const file = join(this.#folder, `wake-${slotOf(queue)}`);
    const wakeUp = this.#byFile.get(file) ?? new WakeUp(file);
    this.#byFile.set(file, wakeUp);
    return wakeUp;
  }

  close(): void {
    for (const wakeUp of this.#byFile.values()) wakeUp.close();
  }
}

/** The same in every process. */
function slotOf(queue: string): number {
  let hash = 0;
  for (const byte of Buffer.from(queue)) hash = (hash * 31 + byte) % FILES;
  return hash;
}

function watchQuietly(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }, onChange).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
