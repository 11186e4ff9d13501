import { readFile } from 'node:fs/promises';

import type { RouterMiddleware } from '@koa/router';
import type { Context } from 'koa';

import { type Answer, jsonOfAnswers, statusOfAnswers, textOfAnswers } from '../answer.ts';
import { failureOf } from '../errors.ts';
import type { UploadLimits } from '../limits.ts';
import type { HttpLog } from '../middleware/request-log.ts';
import { checkPhoto } from '../photo-check.ts';
import type { ReceivedFile } from '../received-file.ts';
import { respond } from '../respond.ts';
import { receivePhotos, withFolder } from '../upload.ts';
import { answerPage } from '../views/answer-page.ts';

export interface RecogniseOptions {
  readonly recognise: Recognise;
  readonly limits: UploadLimits;
  /** An existing folder for uploads on their way; whatever it holds at start is left over. */
  readonly uploadFolder: string;
  readonly log: HttpLog;
}

/**
 * Queues one photo under `id` and waits for what the fleet says; rejects with a FacefleetError when
 * there is no answer, or when `signal` says that the client has gone.
 */
export type Recognise = (
  photo: { readonly id: string; readonly fileName: string; readonly photo: Uint8Array },
  signal: AbortSignal,
) => Promise<Pick<Answer, 'id' | 'outcome'>>;

/** POST /: photos in, names out, in the order in which the photos were sent. */
export function recogniseRoute(options: RecogniseOptions): RouterMiddleware {
  const noticeGallery = galleryNotice(options.log);
  return async (ctx) => {
    const answers = await withFolder(options.uploadFolder, async (folder) => {
      const files = await receivePhotos(ctx, folder, options.limits);
      const signal = clientGone(ctx);
      return Promise.all(
        files.map((file, index) =>
          answer(file, idOf(ctx.state.requestId, index, files.length), signal, options),
        ),
      );
    });
    answers.forEach(noticeGallery);
    respond(ctx, statusOfAnswers(answers), {
      text: () => textOfAnswers(answers),
      json: () => jsonOfAnswers(answers),
      page: () => answerPage(answers),
    });
  };
}

/** One photo's request has the id of the HTTP request; several are numbered after it. */
const idOf = (requestId: string, index: number, count: number): string =>
  count === 1 ? requestId : `${requestId}-${index + 1}`;

/** A photo that fails is an answer too: the others of its request are not its business. */
async function answer(
  { fileName, path }: ReceivedFile,
  id: string,
  signal: AbortSignal,
  { recognise, limits, log }: RecogniseOptions,
): Promise<Answer> {
  try {
    const photo = await readFile(path);
    checkPhoto(photo, limits);
    const { id: queuedId, outcome } = await recognise({ id, fileName, photo }, signal);
    return { id: queuedId, fileName, outcome };
  } catch (cause) {
    const error = failureOf(cause, id);
    if (error.code === 'internal') log.error({ err: cause, requestId: id }, 'A photo failed');
    return { id, fileName, outcome: { error } };
  }
}

/** Aborts when the client closes its connection before it is answered. */
function clientGone(ctx: Context): AbortSignal {
  const gone = new AbortController();
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
