import { ifMatchOf } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { faceParams } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

/** DELETE /v1/people/{id}/faces/{face}. */
export const deleteFace = (people: PeopleSource) =>
  operation({
    method: 'delete',
    path: '/v1/people/{id}/faces/{face}',
    summary: 'erases one face: its photo and embedding, in every version',
    tag: 'people',
    role: 'people',
    params: faceParams,
    isConditional: true,
    answers: { 204: { description: 'nothing is left of the face' } },
    errors: ['person_unknown', 'face_unknown', 'changed_meanwhile', 'gallery_unusable'],
    async handle(ctx, { params }) {
      await people.removeFace(params.id, params.face, { ifMatch: ifMatchOf(ctx) });
      ctx.status = 204;
    },
  });
