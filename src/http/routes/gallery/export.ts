import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

import { operation } from '../../api/operation.ts';
import type { PeopleSource } from '../../people-source.ts';

/** GET /v1/gallery: everybody, to be kept or brought elsewhere. */
export const exportGallery = (people: Pick<PeopleSource, 'exportAll'>) =>
  operation({
    method: 'get',
    path: '/v1/gallery',
    summary:
      'the whole gallery as a zip: a folder of photos a person, and embeddings in gallery.json',
    tag: 'people',
    role: 'people',
    answers: { 200: { description: 'the zip', content: ['application/zip'] } },
    errors: ['gallery_unusable'],
    async handle(ctx) {
      const zip = await people.exportAll();
      ctx.set('Cache-Control', 'no-store');
      ctx.attachment('gallery.zip');
      ctx.type = 'application/zip';
      ctx.body = Readable.fromWeb(zip as ReadableStream);
    },
  });
