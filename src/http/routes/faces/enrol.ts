import type { Context } from 'koa';
import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { jsonOfPerson, person, personName, personParams } from '../../api/person.ts';
import { UPLOAD_ERRORS, UPLOAD_TYPES } from '../../api/photo-upload.ts';
import { clientGone } from '../../client-gone.ts';
import type { FaceToEnrol, PeopleSource } from '../../people-source.ts';
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

const described = {
  method: 'post',
  tag: 'people',
  role: 'people',
  upload: { content: UPLOAD_TYPES },
  answers: {
    200: { description: 'the person was enrolled with this photo before', json: enrolled },
    201: { description: 'the face is in use within two seconds', json: enrolled },
  },
} as const;

const ERRORS = [
  ...UPLOAD_ERRORS,
  'no_face',
  'several_faces',
  'face_of_another',
  'gallery_unusable',
] as const;

/** POST /v1/people/{id}/faces: a photo by which the person is recognised from now on. */
export const enrolFace = (options: EnrolFaceOptions) =>
  operation({
    ...described,
    path: '/v1/people/{id}/faces',
    summary: 'enrols a photo of a person',
    params: personParams,
    query,
    errors: [...ERRORS, 'person_unknown'],
    async handle(ctx, { params, query }) {
      await options.people.find(params.id);
      await enrol(ctx, options, { person: params.id }, query);
    },
  });

/** POST /v1/faces?name=…: the same of whoever has that name, or of somebody new, both or neither. */
export const enrolFaceByName = (options: EnrolFaceOptions) =>
  operation({
    ...described,
    path: '/v1/faces',
    summary: 'enrols a photo of whoever has a name; of somebody new when nobody has it',
    query: query.extend({ name: personName }),
    errors: [...ERRORS, 'invalid_name', 'reserved_name'],
    handle: (ctx, { query }) => enrol(ctx, options, { name: query.name }, query),
  });

async function enrol(
  ctx: Context,
  { people, requests, receive }: EnrolFaceOptions,
  whom: FaceToEnrol['whom'],
  { request, face, confirm }: z.infer<typeof query>,
): Promise<void> {
  const { bytes: photo, signal } =
    request === undefined
      ? await receive(ctx)
      : { bytes: await storedPhoto(requests, request), signal: clientGone(ctx) };
  const order = { whom, photo, face, isConfirmed: confirm === 'yes' };
  const result = await people.enrol(order, ctx.state.requestId, signal);
  ctx.status = result.isKnown ? 200 : 201;
  ctx.body = { face: result.face, person: jsonOfPerson(result.person), hints: result.hints };
}
