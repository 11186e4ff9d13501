import { FacefleetError, ServiceUnavailableError, StorageFullError } from '../bus/errors.ts';

/** The status of every error code that a client can be answered with; docs/http.md has the mends. */
export const STATUS_OF_CODE = {
  // the upload as a whole
  no_file: 400,
  malformed_upload: 400,
  too_many_files: 413,
  request_too_large: 413,
  // one photo
  empty_file: 400,
  unsupported_type: 415,
  file_too_large: 413,
  too_many_pixels: 413,
  undecodable_image: 422,
  photo_gone: 410,
  // the way to an answer
  abandoned: 499,
  purged: 410,
  deadline_exceeded: 504,
  too_many_requests: 429,
  upload_timeout: 408,
  overloaded: 503,
  queue_full: 503,
  storage_full: 503,
  unavailable: 503,
  internal: 500,
  // people and their faces
  person_unknown: 404,
  face_unknown: 404,
  invalid_name: 422,
  reserved_name: 422,
  name_taken: 409,
  no_face: 422,
  several_faces: 409,
  face_of_another: 409,
  changed_meanwhile: 412,
  archive_invalid: 400,
  gallery_unusable: 500,
  // the request itself
  malformed_request: 400,
  headers_too_large: 431,
  cross_origin: 403,
  admin_only: 403,
  key_needed: 401,
  role_needed: 403,
  not_found: 404,
  unknown_request: 404,
  method_not_allowed: 405,
  not_implemented: 501,
} as const;

export type HttpErrorCode = keyof typeof STATUS_OF_CODE;

/** After how many seconds another try may succeed, where time is what mends it. */
export const RETRY_AFTER_SECONDS: Readonly<Partial<Record<string, number>>> = {
  too_many_requests: 1,
  overloaded: 1,
  queue_full: 10,
  storage_full: 30,
  unavailable: 5,
} satisfies Partial<Record<HttpErrorCode, number>>;

/** What a client is told about a failure. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** What a program may want to know besides, by the code. */
  readonly details?: object;
}

/** Thrown when the web tier itself turns a request away. */
export class HttpError extends FacefleetError {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The HTTP status for an error code; one that this table does not know is a failure of ours. */
export function statusOfCode(code: string): number {
  return isKnown(code) ? STATUS_OF_CODE[code] : STATUS_OF_CODE.internal;
}

/** What to tell the client: a named failure as it is, and nothing about any other. */
export function failureOf(error: unknown, requestId: string): Failure {
  if (error instanceof StorageFullError) {
    // Its own message names a folder, which is the operator's business.
    return {
      code: error.code,
      message: 'The server has no room left for photos. Send it again later.',
    };
  }
  if (error instanceof FacefleetError && isKnown(error.code)) {
    const { code, message, details } = error;
    return { code, message, ...(details && { details }) };
  }
  if (error instanceof ServiceUnavailableError) {
    return {
      code: 'unavailable',
      message: 'The queues or buckets behind this server cannot be used now. Send it again later.',
    };
  }
  return {
    code: 'internal',
    message: `Something went wrong on the server. Try again; if it stays, its log says more about request ${requestId}.`,
  };
}

/** Whether a failure is the operator's to mend, and belongs into the log as an error. */
export const isOurFault = ({ code }: Failure): boolean => OUR_FAULTS.has(code);

const OUR_FAULTS: ReadonlySet<string> = new Set<HttpErrorCode>([
  'internal',
  'storage_full',
  'unavailable',
  'gallery_unusable',
]);

function isKnown(code: string): code is HttpErrorCode {
  return Object.hasOwn(STATUS_OF_CODE, code);
}
