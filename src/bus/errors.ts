/**
 * Base of every failure that facefleet names. `code` is part of the public interface (HTTP bodies,
 * logs, the reply message); `message` is one sentence for a person and says what to do.
 */
export abstract class FacefleetError extends Error {
  abstract readonly code: string;
  /** What a program may want to know besides; part of the public interface too. */
  readonly details?: object;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Thrown when the service that queues and buckets lie on cannot be used now. It may pass, or its
 * operator has to mend it; nothing is lost meanwhile.
 */
export abstract class ServiceUnavailableError extends FacefleetError {}

/** Thrown when a queue of that name does not exist, or exists no longer. */
export class QueueDoesNotExistError extends ServiceUnavailableError {
  readonly code = 'queue_does_not_exist';
  readonly queue: string;

  /** @param where - where to look for what is wrong, as a sentence */
  constructor(queue: string, where = '') {
    super(`The queue "${queue}" does not exist.${where && ` ${where}`}`);
    this.queue = queue;
  }
}

/** Thrown when a queue cannot have this name. */
export class QueueNameInvalidError extends FacefleetError {
  readonly code = 'queue_name_invalid';
  readonly queue: string;

  constructor(queue: string, options?: ErrorOptions) {
    super(
      `"${queue}" cannot be a queue's name; use 1 to 80 letters, digits, hyphens and underscores.`,
      options,
    );
    this.queue = queue;
  }
}

/** Thrown when a message is larger than the queue takes. */
export class MessageTooLongError extends FacefleetError {
  readonly code = 'message_too_long';
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number, options?: ErrorOptions) {
    super(`The message has ${bytes} bytes; the queue takes ${maxBytes} at most.`, options);
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/**
 * Thrown when a receipt handle no longer owns its message: the visibility timeout ran out and
 * another receiver has it, or it was deleted or purged.
 */
export class ReceiptHandleInvalidError extends FacefleetError {
  readonly code = 'receipt_handle_invalid';

  constructor(options?: ErrorOptions) {
    super('The receipt handle is not valid any more.', options);
  }
}

/** Thrown when a bucket of that name does not exist. */
export class BucketDoesNotExistError extends ServiceUnavailableError {
  readonly code = 'bucket_does_not_exist';
  readonly bucket: string;

  /** @param where - where to look for what is wrong, as a sentence */
  constructor(bucket: string, where = '') {
    super(`The bucket "${bucket}" does not exist.${where && ` ${where}`}`);
    this.bucket = bucket;
  }
}

/** Thrown when no object (or no such version of it) is stored under a key. */
export class NoSuchKeyError extends FacefleetError {
  readonly code = 'no_such_key';
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`Nothing is stored under the key "${key}".`, options);
    this.key = key;
  }
}

/** Thrown when `ifMatch` or `ifNoneMatch` did not hold: somebody else wrote in between. */
export class PreconditionFailedError extends FacefleetError {
  readonly code = 'precondition_failed';
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`The object "${key}" was changed by somebody else in the meantime.`, options);
    this.key = key;
  }
}

/** Thrown when a string cannot be an object's key. */
export class KeyInvalidError extends FacefleetError {
  readonly code = 'key_invalid';
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super('An object key must be well-formed Unicode of 1 to 1,024 bytes in UTF-8.', options);
    this.key = key;
  }
}

/** Thrown when there is no room left on the disk. What was written before is kept. */
export class StorageFullError extends FacefleetError {
  readonly code = 'storage_full';
  readonly folder: string;

  constructor(folder: string, options?: ErrorOptions) {
    super(`The disk that holds ${folder} is full; free some space and try again.`, options);
    this.folder = folder;
  }
}

/** Thrown when a message's body is not what its schema says. */
export class MalformedMessageError extends FacefleetError {
  readonly code = 'malformed_message';
}

/**
 * Thrown when no retry can make faces out of these bytes: the uploader has to send another photo.
 * `code` is the recogniser's own word for why (`undecodable_image`, `too_many_pixels`, …).
 */
export class PhotoRejectedError extends FacefleetError {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
