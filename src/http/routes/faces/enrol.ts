import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { jsonOfPerson, person, personParams } from '../../api/person.ts';
import { UPLOAD_ERRORS, UPLOAD_TYPES } from '../../api/photo-upload.ts';
import { clientGone } from '../../client-gone.ts';
import type { PeopleSource } from '../../people-source.ts';
import type { ReceiveFile } from '../../receive-photo.ts';
import type { RequestSource } from '../../request-source.ts';
import { storedPhoto } from '../requests/photo.ts';

const query = z.object({
  request: z.string().optional().meta({
    description: 'the id of a request whose stored photo it is; then the body is not looked at',
  }),
  face: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .meta({ description: 'which of several faces is meant, 0 for the largest' }),
  confirm: z
    .enum(['yes', 'no'])
    .default('no')
    .meta({ description: 'yes when the face is theirs though it looks like somebody else' }),
});

const enrolled = z
  .object({
    face: z.string().meta({ description: "the face's id" }),
    person,
    hints: z.array(z.enum(['too_small', 'blurred'])).meta({
      description: 'why the photo may not serve well; the face is enrolled all the same',
    }),
  })
  .meta({ id: 'EnrolledFace' });

export interface EnrolFaceOptions {
  readonly people: Pick<PeopleSource, 'find' | 'enrol'>;
  readonly requests: Pick<RequestSource, 'photo'>;
  readonly receive: ReceiveFile;
}

/** POST /v1/people/{id}/faces: a photo by which the person is recognised from now on. */
export const enrolFace = ({ people, requests, receive }: EnrolFaceOptions) =>
  operation({
    method: 'post',
    path: '/v1/people/{id}/faces',
    summary: 'enrols a photo of a person',
    tag: 'people',
    role: 'people',
    params: personParams,
    query,
    upload: { content: UPLOAD_TYPES },
    answers: {
      200: { description: 'the person was enrolled with this photo before', json: enrolled },
      201: { description: 'the face is in use within two seconds', json: enrolled },
    },
    errors: [
      ...UPLOAD_ERRORS,
      'person_unknown',
      'no_face',
      'several_faces',
      'face_of_another',
      'gallery_unusable',
    ],
    async handle(ctx, { params, query }) {
      await people.find(params.id);
      const { request, face, confirm } = query;
      const { bytes: photo, signal } =
        request === undefined
          ? await receive(ctx)
          : { bytes: await storedPhoto(requests, request), signal: clientGone(ctx) };
      const order = { person: params.id, photo, face, isConfirmed: confirm === 'yes' };
      const result = await people.enrol(order, ctx.state.requestId, signal);
      ctx.status = result.isKnown ? 200 : 201;
      ctx.body = { face: result.face, person: jsonOfPerson(result.person), hints: result.hints };
    },
  });
