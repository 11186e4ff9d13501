import { operation } from '../../api/operation.ts';
import { answerPhoto } from '../../api/picture.ts';
import { requestParams } from '../../api/request.ts';
import { HttpError } from '../../errors.ts';
import { PHOTO_TYPES } from '../../photo-check.ts';
import type { RequestSource } from '../../request-source.ts';

/** GET /v1/requests/{id}/photo. */
export const requestPhoto = (requests: Pick<RequestSource, 'photo'>) =>
  operation({
    method: 'get',
    path: '/v1/requests/{id}/photo',
    summary: 'the photo of one of the latest requests, as it was sent',
    tag: 'requests',
    role: 'people',
    params: requestParams,
    answers: {
      200: { description: 'the photo', content: PHOTO_TYPES },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: ['photo_gone'],
    async handle(ctx, { params: { id } }) {
      answerPhoto(ctx, await storedPhoto(requests, id), id);
    },
  });

/** The photo of one of the latest requests. @throws HttpError */
export async function storedPhoto(
  requests: Pick<RequestSource, 'photo'>,
  id: string,
): Promise<Uint8Array> {
  const photo = await requests.photo(id);
  if (photo !== undefined) return photo;
  throw photoGone();
}

export const photoGone = (): HttpError =>
  new HttpError(
    'photo_gone',
    'There is no stored photo of this request: it was erased, could not be read, or is none of the latest.',
  );
