import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type ObjectIdentifier,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

import {
  BucketDoesNotExistError,
  NoSuchKeyError,
  PreconditionFailedError,
} from '../../bus/errors.ts';
import { keyBytes } from '../../bus/object-key.ts';
import type {
  DeleteOptions,
  ListOptions,
  ObjectEntry,
  ObjectHead,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoredObject,
} from '../../bus/store.ts';
import {
  ELSEWHERE_HINT,
  answerTo,
  awsCodeOf,
  awsError,
  type AwsCall,
  BucketNotVersionedError,
} from './errors.ts';
import { listVersions } from './store-listing.ts';

const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** The most that one call erases. */
const MAX_ERASED_AT_ONCE = 1000;

/**
 * What XML cannot carry, not even as a reference ("Characters", XML 1.0), and so no request of S3's
 * that names several keys.
 */
const BEYOND_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** What S3 says of a key or version that is not there; a HEAD has only its status. */
const MISSING = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed']);

/** What S3 says when somebody else wrote first, or writes at this moment. */
const OVERTAKEN = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

/**
 * A versioned S3 bucket, encrypted at rest with S3's own keys. Bodies are buffers, so that the SDK
 * can send them again. Every method with a key may reject with a KeyInvalidError, and every method
 * with a ServiceUnavailableError.
 */
export class AwsStore implements ObjectStore {
  readonly name: string;
  readonly #s3: S3Client;

  constructor(name: string, s3: S3Client) {
    this.name = name;
    this.#s3 = s3;
  }

  /**
   * Whether the bucket is there and may be used.
   * @throws BucketDoesNotExistError, WrongRegionError, AccessDeniedError
   */
  async check(): Promise<void> {
    try {
      await this.#s3.send(new HeadBucketCommand({ Bucket: this.name }));
    } catch (error) {
      if (!MISSING.has(awsCodeOf(error))) throw awsError(error, this.#call('s3:ListBucket'));
      throw new BucketDoesNotExistError(this.name, ELSEWHERE_HINT);
    }
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<ObjectVersion> {
    keyBytes(key);
    const command = new PutObjectCommand({
      Bucket: this.name,
      Key: key,
      Body: body,
      ContentType: options.contentType ?? DEFAULT_CONTENT_TYPE,
      ServerSideEncryption: 'AES256',
      ...(options.ifMatch !== undefined && { IfMatch: options.ifMatch }),
      ...(options.ifNoneMatch !== undefined && { IfNoneMatch: options.ifNoneMatch }),
    });
    try {
      const { ETag = '', VersionId } = await this.#s3.send(command);
      return { etag: ETag, versionId: this.#versionIdOf(VersionId) };
    } catch (error) {
      const code = awsCodeOf(error);
      const isGone = options.ifMatch !== undefined && MISSING.has(code);
      if (isGone || OVERTAKEN.has(code)) throw new PreconditionFailedError(key);
      throw awsError(error, this.#call('s3:PutObject'));
    }
  }

  async get(key: string, { versionId }: { versionId?: string } = {}): Promise<StoredObject> {
    keyBytes(key);
    const command = new GetObjectCommand({ Bucket: this.name, Key: key, VersionId: versionId });
    try {
      const answer = await this.#s3.send(command);
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { ...this.#headOf(key, answer), size: body.length, body };
    } catch (error) {
      if (MISSING.has(awsCodeOf(error))) throw new NoSuchKeyError(key);
      throw awsError(error, this.#readCall(versionId));
    }
  }

  async head(
    key: string,
    { versionId }: { versionId?: string } = {},
  ): Promise<ObjectHead | undefined> {
    keyBytes(key);
    const command = new HeadObjectCommand({ Bucket: this.name, Key: key, VersionId: versionId });
    try {
      return this.#headOf(key, await this.#s3.send(command));
    } catch (error) {
      if (MISSING.has(awsCodeOf(error))) return undefined;
      throw awsError(error, this.#readCall(versionId));
    }
  }

  async *list({ prefix = '', allVersions = false }: ListOptions = {}): AsyncIterable<ObjectEntry> {
    for await (const { entry, isCurrent } of listVersions(this.#s3, this.name, prefix)) {
      if (entry !== undefined && (isCurrent || allVersions)) yield entry;
    }
  }

  async delete(key: string, { allVersions, versionId }: DeleteOptions = {}): Promise<void> {
    keyBytes(key);
    if (allVersions) {
      await this.#erase(key, (entry) => entry === key);
      return;
    }
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    const command = new DeleteObjectCommand({ Bucket: this.name, Key: key, VersionId: versionId });
    await answerTo(this.#call(action), this.#s3.send(command));
  }

  async purge(): Promise<void> {
    await this.#erase('', () => true);
  }

  /**
   * Erases every version, and every delete marker, of the keys that begin so and are meant. A page of
   * the list begins after the end of the one before, which is erased by then: what that may have
   * skipped another pass finds.
   */
  async #erase(prefix: string, isMeant: (key: string) => boolean): Promise<void> {
    let erased: number;
    do erased = await this.#eraseListed(prefix, isMeant);
    while (erased >= MAX_ERASED_AT_ONCE);
  }

  /** How many were erased. */
  async #eraseListed(prefix: string, isMeant: (key: string) => boolean): Promise<number> {
    let erased = 0;
    let batch: ObjectIdentifier[] = [];
    for await (const { key, versionId } of listVersions(this.#s3, this.name, prefix)) {
      if (!isMeant(key)) continue;
      erased++;
      if (BEYOND_XML.test(key)) {
        await this.delete(key, { versionId });
        continue;
      }
      batch.push({ Key: key, VersionId: versionId });
      if (batch.length < MAX_ERASED_AT_ONCE) continue;
      await this.#eraseBatch(batch);
      batch = [];
    }
    if (batch.length > 0) await this.#eraseBatch(batch);
    return erased;
  }

  async #eraseBatch(objects: ObjectIdentifier[]): Promise<void> {
    const call = this.#call('s3:DeleteObjectVersion');
    const command = new DeleteObjectsCommand({
      Bucket: this.name,
      Delete: { Objects: objects, Quiet: true },
    });
    const { Errors: [first] = [] } = await answerTo(call, this.#s3.send(command));
    if (first) throw awsError({ name: first.Code }, call);
  }

  #headOf(
    key: string,
    answer: {
      ETag?: string | undefined;
      VersionId?: string | undefined;
      ContentLength?: number | undefined;
      ContentType?: string | undefined;
      LastModified?: Date | undefined;
    },
  ): ObjectHead {
    return {
      key,
      etag: answer.ETag ?? '',
      versionId: this.#versionIdOf(answer.VersionId),
      size: answer.ContentLength ?? 0,
      contentType: answer.ContentType ?? DEFAULT_CONTENT_TYPE,
      lastModified: answer.LastModified?.getTime() ?? 0,
    };
  }

  #versionIdOf(versionId: string | undefined): string {
    if (versionId === undefined) throw new BucketNotVersionedError(this.name);
    return versionId;
  }

  #call(action: `s3:${string}`): AwsCall {
    return { action, resource: this.name };
  }

  #readCall(versionId: string | undefined): AwsCall {
    return this.#call(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion');
  }
}
