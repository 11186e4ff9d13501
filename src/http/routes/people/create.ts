import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { answerPerson, person, personName } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** POST /v1/people: somebody new, who is recognised once they have a face. */
export const createPerson = (people: PeopleSource) =>
  operation({
    method: 'post',
    path: '/v1/people',
    summary: 'adds somebody, who is recognised once they have a face',
    tag: 'people',
    role: 'people',
    body: z.strictObject({ name: personName }),
    answers: { 201: { description: 'the new person', json: person } },
    errors: ['invalid_name', 'reserved_name', 'name_taken', 'gallery_unusable'],
    async handle(ctx, { body }) {
      answerPerson(ctx, await people.create(body.name), 201);
    },
  });
