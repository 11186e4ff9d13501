import { operation } from '../../api/operation.ts';
import { answerPerson, person, personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** GET /v1/people/{id}. */
export const readPerson = (people: PeopleSource) =>
  operation({
    method: 'get',
    path: '/v1/people/{id}',
    summary: 'one person',
    tag: 'people',
    role: 'people',
    params: personParams,
    answers: {
      200: { description: 'the person', json: person },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: ['person_unknown', 'gallery_unusable'],
    async handle(ctx, { params }) {
      answerPerson(ctx, await people.find(params.id));
    },
  });
