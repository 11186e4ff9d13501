import { z } from 'zod';

import { ifMatchOf } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { answerPerson, person, personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

const body = z.strictObject({
  people: z
    .array(z.string())
    .min(1)
    .max(100)
    .meta({ description: 'the ids of those who turned out to be the same person' }),
});

/** POST /v1/people/{id}/merge. */
export const mergePeople = (people: PeopleSource) =>
  operation({
    method: 'post',
    path: '/v1/people/{id}/merge',
    summary: 'makes one person of several, who keeps the name and gets all the faces',
    tag: 'people',
    role: 'people',
    params: personParams,
    body,
    isConditional: true,
    answers: { 200: { description: 'the person as they are now', json: person } },
    errors: ['person_unknown', 'changed_meanwhile', 'gallery_unusable'],
    async handle(ctx, { params, body }) {
      answerPerson(ctx, await people.merge(params.id, body.people, { ifMatch: ifMatchOf(ctx) }));
    },
  });
