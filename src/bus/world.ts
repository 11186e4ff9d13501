import type { MessageQueue, QueueDirectory } from './queue.ts';
import type { ObjectStore } from './store.ts';

/** The queues and buckets of one deployment, whatever carries them. */
export interface World {
  readonly requests: MessageQueue;
  /** The response queue of this web tier. */
  readonly replies: MessageQueue;
  /** Requests that were received too often without being finished. */
  readonly deadLetters: MessageQueue;
  /** Where the workers of the fleet tell its controller what they do. */
  readonly events: MessageQueue;
  /** Where the response queue that a request names is found. */
  readonly queues: QueueDirectory;
  readonly inputBucket: ObjectStore;
  readonly outputBucket: ObjectStore;
  /** The gallery and the photos of the people in it. */
  readonly galleryBucket: ObjectStore;
  /**
   * Absent where storage has no end.
   * @throws StorageFullError when so many bytes more would not leave enough for what is accepted
   */
  checkRoom?(bytes: number): void;
  /** `ExpiringStore.expireVersions` of every bucket; absent where the buckets do it by themselves. */
  expireVersions?(before: number, signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
