import { configure } from '@zip.js/zip.js';
import { z } from 'zod';

import { FacefleetError } from '../bus/errors.ts';

// Photos are stored as they are, so there is nothing that threads could do.
configure({ useWebWorkers: false });

/** Thrown when a file is no archive of a gallery, or a damaged one; nothing was taken from it. */
export class ArchiveInvalidError extends FacefleetError {
  readonly code = 'archive_invalid';
}

/** What an archive calls the list of its people; without it, folders are named like people. */
export const LIST = 'gallery.json';

/**
 * The list of an archive: whom its photos show, and their embeddings, which serve where the same model
 * is in use.
 */
export const archiveList = z.object({
  v: z.literal(1),
  model: z.object({ id: z.string(), width: z.int().positive() }),
  people: z.array(
    z.object({
      name: z.string(),
      faces: z.array(
        z.object({
          /** The name of the photo within the archive. */
          photo: z.string(),
          /** Of the face by itself, where there is such a picture. */
          portrait: z.string().optional(),
          sha256: z.string(),
          /** float32, little-endian. */
          embedding: z.base64(),
        }),
      ),
    }),
  ),
});

export type ArchiveList = z.infer<typeof archiveList>;
