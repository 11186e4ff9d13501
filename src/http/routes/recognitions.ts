import { z } from 'zod';

import { type Answer, failuresOf, statusOfAnswers } from '../answer.ts';
import { operation } from '../api/operation.ts';
import { UPLOAD_ERRORS, UPLOAD_TYPES } from '../api/photo-upload.ts';
import { face, failure } from '../api/request.ts';
import type { RecognisePhotos } from '../recognise-photos.ts';

const recognition = z
  .object({
    id: z.string().meta({ description: 'names the request: `GET /v1/requests/{id}`' }),
    fileName: z.string(),
    faces: z.array(face).optional().meta({ description: 'largest first' }),
    error: failure.optional().meta({ description: 'why this photo has no faces to tell of' }),
  })
  .meta({ id: 'Recognition' });

const body = z.object({ recognitions: z.array(recognition) });

/** POST /v1/recognitions: what POST / does, in JSON alone, with those who look most like each face. */
export const recognise = (recognisePhotos: RecognisePhotos) =>
  operation({
    method: 'post',
    path: '/v1/recognitions',
    summary: 'who is on the photos, which are sent as files of a form, or one as the plain body',
    tag: 'recognitions',
    role: 'recognise',
    upload: { content: UPLOAD_TYPES },
    answers: {
      200: { description: 'every photo, in the order in which they were sent', json: body },
      207: { description: 'the same, when some photos failed and some did not', json: body },
    },
    errors: UPLOAD_ERRORS,
    async handle(ctx) {
      const answers = await recognisePhotos(ctx);
      const [error, ...errors] = failuresOf(answers);
      ctx.status = statusOfAnswers(answers);
      ctx.body =
        error !== undefined && errors.length === answers.length - 1
          ? { id: ctx.state.requestId, error }
          : { recognitions: answers.map(jsonOf) };
    },
  });

const jsonOf = ({ id, fileName, outcome }: Answer): z.infer<typeof recognition> =>
  'error' in outcome
    ? { id, fileName, error: outcome.error }
    : { id, fileName, faces: outcome.faces };
