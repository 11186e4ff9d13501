import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { UPLOAD_ERRORS } from '../../api/photo-upload.ts';
import type { PeopleSource } from '../../people-source.ts';
import type { ReceiveFile } from '../../receive-photo.ts';

const report = z
  .object({
    people: z.int().meta({ description: 'people who are new' }),
    faces: z.int().meta({ description: 'faces that are new' }),
    known: z.int().meta({ description: 'photos that their people were enrolled with before' }),
    skipped: z
      .array(z.object({ file: z.string(), code: z.string(), reason: z.string() }))
      .meta({ description: 'photos that nobody could be enrolled with, and why' }),
  })
  .meta({ id: 'ImportReport' });

/** POST /v1/gallery: the people of a zip. */
export const importGallery = (people: Pick<PeopleSource, 'importAll'>, receive: ReceiveFile) =>
  operation({
    method: 'post',
    path: '/v1/gallery',
    summary: 'adds the people of a zip: one that GET gave, or any with a folder of photos a person',
    tag: 'people',
    role: 'people',
    upload: { content: ['multipart/form-data', 'application/zip', 'application/octet-stream'] },
    answers: { 200: { description: 'what came of it', json: report } },
    errors: [...UPLOAD_ERRORS, 'archive_invalid', 'gallery_unusable'],
    async handle(ctx) {
      const { bytes, signal } = await receive(ctx);
      ctx.body = await people.importAll(bytes, ctx.state.requestId, signal);
    },
  });
