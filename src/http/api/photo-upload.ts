import type { HttpErrorCode } from '../errors.ts';

/** How a photo can be sent: as a file of a form, or as the plain body. */
export const UPLOAD_TYPES = ['multipart/form-data', 'image/*', 'application/octet-stream'];

/** What can be wrong with an upload, its photo, or the way to its answer. */
export const UPLOAD_ERRORS = [
  'no_file',
  'malformed_upload',
  'too_many_files',
  'request_too_large',
  'empty_file',
  'unsupported_type',
  'file_too_large',
  'too_many_pixels',
  'undecodable_image',
  'photo_gone',
  'purged',
  'deadline_exceeded',
  'too_many_requests',
  'upload_timeout',
  'overloaded',
  'queue_full',
  'storage_full',
] as const satisfies readonly HttpErrorCode[];
