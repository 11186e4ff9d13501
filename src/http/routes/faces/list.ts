import { z } from 'zod';

import { isFresh } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { jsonOfPerson, person, personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** GET /v1/people/{id}/faces. */
export const listFaces = (people: PeopleSource) =>
  operation({
    method: 'get',
    path: '/v1/people/{id}/faces',
    summary: 'the faces that a person is recognised by',
    tag: 'people',
    role: 'people',
    params: personParams,
    answers: {
      200: { description: 'the faces', json: z.object({ faces: person.shape.faces }) },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: ['person_unknown', 'gallery_unusable'],
    async handle(ctx, { params }) {
      const view = await people.find(params.id);
      if (isFresh(ctx, view.etag)) return;
      ctx.body = { faces: jsonOfPerson(view).faces };
    },
  });
