import { HttpError } from './errors.ts';
import type { PaceLimits } from './upload-pace.ts';

const MB = 2 ** 20;

/** What uploads may be at most. */
export interface UploadLimits {
  /** Photos in one request. */
  readonly files: number;
  /** Bytes of one photo. */
  readonly fileBytes: number;
  /** Bytes of one request. */
  readonly requestBytes: number;
  /** Width × height of one photo. */
  readonly pixels: number;
  /** Bytes of all requests that arrive or are not queued yet, together. */
  readonly arrivingBytes: number;
  /** Those of one client's requests. */
  readonly arrivingBytesOfClient: number;
  /** Requests with photos that arrive or wait for their answers, together. */
  readonly requests: number;
  /** Those of one client. */
  readonly requestsOfClient: number;
  readonly pace: PaceLimits;
}

export const defaultLimits: UploadLimits = {
  files: 20,
  fileBytes: 25 * MB,
  requestBytes: 100 * MB,
  pixels: 50_000_000,
  arrivingBytes: 512 * MB,
  arrivingBytesOfClient: 256 * MB,
  requests: 2000,
  requestsOfClient: 1000,
  pace: { graceMs: 20_000, bytesPerSecond: 4096 },
};

export const megabytes = (bytes: number): string => `${round(bytes / MB)} MB`;

export const megapixels = (pixels: number): string => `${round(pixels / 1e6)} megapixels`;

const round = (value: number): number => Math.round(value * 10) / 10;

export function fileTooLarge(limits: UploadLimits): HttpError {
  return new HttpError(
    'file_too_large',
    `The file is larger than ${megabytes(limits.fileBytes)}. Scale the photo down or compress it more.`,
  );
}

export function requestTooLarge(limits: UploadLimits): HttpError {
  return new HttpError(
    'request_too_large',
    `The photos of one request may have ${megabytes(limits.requestBytes)} together. Send them in several requests.`,
  );
}

export function tooManyFiles(limits: UploadLimits): HttpError {
  return new HttpError(
    'too_many_files',
    `One request may carry ${limits.files} photos. Send the others in further requests.`,
  );
}
