import { z } from 'zod';

import { ifMatchOf } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { answerPerson, person, personName, personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

const faces = z
  .array(z.string())
  .min(1)
  .max(1000)
  .meta({ description: 'the ids of the faces that are somebody else' });

const body = z.union([
  z.strictObject({ faces, name: personName.meta({ description: 'the name of a new person' }) }),
  z.strictObject({ faces, person: z.string().meta({ description: 'the id of whoever they are' }) }),
]);

/** POST /v1/people/{id}/split. */
export const splitPerson = (people: PeopleSource) =>
  operation({
    method: 'post',
    path: '/v1/people/{id}/split',
    summary: 'takes faces from a person and gives them to another one, new or known',
    tag: 'people',
    role: 'people',
    params: personParams,
    body,
    isConditional: true,
    answers: { 200: { description: 'the person who has the faces now', json: person } },
    errors: [
      'person_unknown',
      'face_unknown',
      'invalid_name',
      'reserved_name',
      'name_taken',
      'changed_meanwhile',
      'gallery_unusable',
    ],
    async handle(ctx, { params, body }) {
      const { faces, ...to } = body;
      answerPerson(ctx, await people.split(params.id, faces, to, { ifMatch: ifMatchOf(ctx) }));
    },
  });
