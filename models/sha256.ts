import { createHash } from 'node:crypto';

/** In lower-case hex, as manifest.json writes it. */
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
