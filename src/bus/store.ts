export interface ObjectVersion {
  /** Changes with the object's content; for `ifMatch`. */
  readonly etag: string;
  readonly versionId: string;
}

/** What a list tells of an object. */
export interface ObjectEntry extends ObjectVersion {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastModified: number;
}

export interface ObjectHead extends ObjectEntry {
  readonly contentType: string;
}

export interface StoredObject extends ObjectHead {
  readonly body: Uint8Array;
}

export interface PutOptions {
  /** MIME type; `application/octet-stream` by default. */
  readonly contentType?: string;
  /** Write only if the current object has this ETag. */
  readonly ifMatch?: string;
  /** `'*'`: write only if there is no object under the key. */
  readonly ifNoneMatch?: '*';
}

export interface DeleteOptions {
  /** Erase every version, so that nothing of the object is left. */
  readonly allVersions?: boolean;
  /** Erase this version only; if it was the current one, the one before becomes current. */
  readonly versionId?: string;
}

export interface ListOptions {
  readonly prefix?: string;
  /** Whether to list every version of every object instead of the current ones. */
  readonly allVersions?: boolean;
}

/**
 * A versioned bucket with S3 semantics. Keys are data, never paths: any string of 1 to 1,024 bytes
 * of UTF-8. Writing under a key keeps the earlier versions.
 */
export interface ObjectStore {
  readonly name: string;

  /**
   * Resolves when the object is durable; a reader sees the old or the new object, never half of one.
   * @throws PreconditionFailedError
   */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<ObjectVersion>;

  /** @throws NoSuchKeyError */
  get(key: string, options?: { versionId?: string }): Promise<StoredObject>;

  /** The object's description, or `undefined` when there is none. */
  head(key: string, options?: { versionId?: string }): Promise<ObjectHead | undefined>;

  /** In the order of the keys' UTF-8 bytes; versions of one key newest first. */
  list(options?: ListOptions): AsyncIterable<ObjectEntry>;

  /**
   * Deletes the object. Its versions stay readable by their ids unless the options say to erase.
   * Deleting what is not there is no error.
   */
  delete(key: string, options?: DeleteOptions): Promise<void>;

  /** Erases every version of every object. */
  purge(): Promise<void>;
}

/** A bucket that is told what has become too old; S3 does that by itself, by a lifecycle rule. */
export interface ExpiringStore extends ObjectStore {
  /**
   * Erases the versions that were replaced, or whose object was deleted, before `before`, in milliseconds
   * since the Unix epoch; never a current one. Resolves with how many; `signal` ends it early.
   */
  expireVersions(before: number, signal?: AbortSignal): Promise<number>;
}
