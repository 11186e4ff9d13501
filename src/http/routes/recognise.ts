import { setMaxListeners } from 'node:events';

import type { RouterMiddleware } from '@koa/router';
import type { Context } from 'koa';

import type { Outcome } from '../../bus/messages.ts';
import { type Answer, jsonOfAnswers, statusOfAnswers, textOfAnswers } from '../answer.ts';
import { failureOf } from '../errors.ts';
import type { UploadLimits } from '../limits.ts';
import type { HttpLog } from '../middleware/request-log.ts';
import { checkPhoto } from '../photo-check.ts';
import { respond } from '../respond.ts';
import { type MemoryShare, UploadMemory } from '../upload-memory.ts';
import { receivePhotos } from '../upload.ts';
import type { UploadedPhoto } from '../uploaded-photo.ts';
import { answerPage } from '../views/answer-page.ts';

export interface RecogniseOptions {
  readonly recognise: Recognise;
  readonly limits: UploadLimits;
  readonly log: HttpLog;
}

/**
 * Queues one photo under `id` and waits for what the fleet says; rejects with a FacefleetError when
 * there is no answer, or when `signal` says that the client has gone.
 */
export type Recognise = (
  request: PhotoRequest,
  signal: AbortSignal,
) => Promise<{ readonly outcome: Outcome }>;

export interface PhotoRequest extends UploadedPhoto {
  readonly id: string;
}

/** POST /: photos in, names out, in the order in which the photos were sent. */
export function recogniseRoute(options: RecogniseOptions): RouterMiddleware {
  const noticeGallery = galleryNotice(options.log);
  const memory = new UploadMemory(options.limits.underwayBytes);
  return async (ctx) => {
    const share = memory.share();
    const answers = await answerPhotos(ctx, share, options).finally(share.release);
    answers.forEach(noticeGallery);
    respond(ctx, statusOfAnswers(answers), {
      text: () => textOfAnswers(answers),
      json: () => jsonOfAnswers(answers),
      page: () => answerPage(answers),
    });
  };
}

async function answerPhotos(
  ctx: Context,
  share: MemoryShare,
  options: RecogniseOptions,
): Promise<Answer[]> {
  const photos = await receivePhotos(ctx, options.limits, share);
  const signal = clientGone(ctx);
  return Promise.all(
    photos.map((photo, index) =>
      answer({ ...photo, id: idOf(ctx.state.requestId, index, photos.length) }, signal, options),
    ),
  );
}

/** One photo's request has the id of the HTTP request; several are numbered after it. */
const idOf = (requestId: string, index: number, count: number): string =>
  count === 1 ? requestId : `${requestId}-${index + 1}`;

/** A photo that fails is an answer too: the others of its request are not its business. */
async function answer(
  request: PhotoRequest,
  signal: AbortSignal,
  { recognise, limits, log }: RecogniseOptions,
): Promise<Answer> {
  const { id, fileName } = request;
  try {
    checkPhoto(request.photo, limits);
    const { outcome } = await recognise(request, signal);
    return { id, fileName, outcome };
  } catch (cause) {
    const error = failureOf(cause, id);
    if (error.code === 'internal') log.error({ err: cause, requestId: id }, 'A photo failed');
    return { id, fileName, outcome: { error } };
  }
}

/** Aborts when the client closes its connection before it is answered. */
function clientGone(ctx: Context): AbortSignal {
  const gone = new AbortController();
  // Every photo of the request listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, gone.signal);
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Says how to enrol, once whenever the gallery is found empty. */
function galleryNotice(log: HttpLog): (answer: Answer) => void {
  let wasEmpty = false;
  return ({ outcome }) => {
    if ('error' in outcome) return;
    const isEmpty = outcome.gallerySize === 0;
    if (isEmpty && !wasEmpty) {
      log.warn(
        'The gallery is empty, so every face is unknown. Enrol people: npx facefleet enroll DIR',
      );
    }
    wasEmpty = isEmpty;
  };
}
