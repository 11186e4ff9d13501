import { operation } from '../../api/operation.ts';
import { faceParams } from '../../api/person.ts';
import { answerPhoto } from '../../api/picture.ts';
import type { PeopleSource } from '../../people-source.ts';
import { PHOTO_TYPES } from '../../photo-check.ts';

/** GET /v1/people/{id}/faces/{face}/portrait: the face by itself. */
export const facePortrait = (people: PeopleSource) =>
  picture(
    'portrait',
    'the face by itself, or the whole photo where there is no such picture',
    (id, face) => people.portrait(id, face),
  );

/** GET /v1/people/{id}/faces/{face}/photo. */
export const facePhoto = (people: PeopleSource) =>
  picture('photo', 'the photo that a face was enrolled with, as it was sent', (id, face) =>
    people.photo(id, face),
  );

const picture = (
  name: 'portrait' | 'photo',
  summary: string,
  bytesOf: (person: string, face: string) => Promise<Uint8Array>,
) =>
  operation({
    method: 'get',
    path: `/v1/people/{id}/faces/{face}/${name}`,
    summary,
    tag: 'people',
    role: 'people',
    params: faceParams,
    answers: {
      200: { description: 'the picture', content: PHOTO_TYPES },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: ['person_unknown', 'face_unknown', 'gallery_unusable'],
    async handle(ctx, { params }) {
      answerPhoto(ctx, await bytesOf(params.id, params.face), params.face);
    },
  });
