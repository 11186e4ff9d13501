import { ifMatchOf } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { personParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** DELETE /v1/people/{id}. */
export const deletePerson = (people: PeopleSource) =>
  operation({
    method: 'delete',
    path: '/v1/people/{id}',
    summary: 'erases a person: photos and embeddings, in every version',
    tag: 'people',
    role: 'people',
    params: personParams,
    isConditional: true,
    answers: { 204: { description: 'nothing is left of the person' } },
    errors: ['person_unknown', 'changed_meanwhile', 'gallery_unusable'],
    async handle(ctx, { params }) {
      await people.remove(params.id, { ifMatch: ifMatchOf(ctx) });
      ctx.status = 204;
    },
  });
