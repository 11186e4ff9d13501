import { createHash } from 'node:crypto';

import { KeyInvalidError } from './errors.ts';

/** S3's limit on a key's length. */
const MAX_KEY_BYTES = 1024;
const HASH_CHARS = 32;

/** What stays as it is in a key; everything else is percent-encoded (S3's own "safe characters"). */
const PLAIN = /^[A-Za-z0-9!_'()*-][A-Za-z0-9!_.'()* -]*$/;

/**
 * The object key for a file name. Plain names are kept as they are; others are percent-encoded, so
 * that no `..`, control character or separator reaches a store or an SDK that normalises paths;
 * names too long for a key are cut and end in a hash of the whole name. Different names never get
 * the same key.
 */
export function objectKeyOf(fileName: string): string {
  if (PLAIN.test(fileName) && fileName.length <= MAX_KEY_BYTES) return fileName;
  const encoded = percentEncode(fileName);
  if (encoded.length <= MAX_KEY_BYTES) return encoded;
  const hash = createHash('sha256').update(fileName).digest('hex').slice(0, HASH_CHARS);
  const head = encoded.slice(0, MAX_KEY_BYTES - HASH_CHARS - 1).replace(/%[0-9A-F]?$/, '');
  return `${head}~${hash}`;
}

/**
 * The object key, in the output bucket, for what became of one request. No file name gets such a key:
 * `objectKeyOf` encodes every slash.
 */
export const requestKeyOf = (requestId: string): string => `requests/${requestId}`;

/** The object key, in the output bucket, of the word that the worker of an instance works. */
export const readyKeyOf = (instanceId: string): string => `workers/${instanceId}`;

/**
 * The object keys, in the gallery's bucket, of a photo that somebody is to be enrolled with, and of what
 * a worker found on it. Both are there only as long as the request is under way.
 */
export const enrolmentKeysOf = (requestId: string): { photo: string; faces: string } => ({
  photo: `${ENROLLING}${requestId}/photo`,
  faces: `${ENROLLING}${requestId}/faces`,
});

/** The prefix of the keys of all enrolments under way. */
export const ENROLLING = 'enrolling/';

/**
 * A key's bytes, by which stores order keys.
 * @throws KeyInvalidError
 */
export function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (!key.isWellFormed() || bytes.length === 0 || bytes.length > MAX_KEY_BYTES) {
    throw new KeyInvalidError(key);
  }
  return bytes;
}

function percentEncode(fileName: string): string {
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll('~', '%7E');
  const safe = encoded.replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
  return safe === '' ? '%' : safe;
}
