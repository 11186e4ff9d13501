import { z } from 'zod';

import { ifMatchOf } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { answerPerson, person, personName, personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** PATCH /v1/people/{id}. */
export const renamePerson = (people: PeopleSource) =>
  operation({
    method: 'patch',
    path: '/v1/people/{id}',
    summary: 'gives a person another name',
    tag: 'people',
    role: 'people',
    params: personParams,
    body: z.strictObject({ name: personName }),
    isConditional: true,
    answers: { 200: { description: 'the person as they are now', json: person } },
    errors: [
      'person_unknown',
      'invalid_name',
      'reserved_name',
      'name_taken',
      'changed_meanwhile',
      'gallery_unusable',
    ],
    async handle(ctx, { params, body }) {
      answerPerson(ctx, await people.rename(params.id, body.name, { ifMatch: ifMatchOf(ctx) }));
    },
  });
