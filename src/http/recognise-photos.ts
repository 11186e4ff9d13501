import type { Context } from 'koa';

import type { Outcome } from '../bus/messages.ts';
import { inSpan, type TraceContext, type Tracer } from '../bus/tracing.ts';
import type { Admission } from './admission.ts';
import { type Answer, failuresOf } from './answer.ts';
import { clientGone } from './client-gone.ts';
import { failureOf, isOurFault } from './errors.ts';
import type { UploadLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { HttpLog } from './middleware/request-log.ts';
import { checkPhoto } from './photo-check.ts';
import { askForRetry } from './respond.ts';
import type { Share } from './shared-limit.ts';
import { lingering, receivePhotos } from './upload.ts';
import type { UploadedPhoto } from './uploaded-photo.ts';

export interface RecogniseOptions {
  readonly queue: QueuePhoto;
  /** Rejects with a FacefleetError while there is no room for so many bytes more. */
  readonly checkRoom: (bytes: number) => Promise<void>;
  readonly limits: UploadLimits;
  /** What all uploads share. */
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly log: HttpLog;
  /** Hears of the steps of every photo, when they are traced. */
  readonly tracer?: Tracer | undefined;
}

/**
 * Queues one photo under `id`, and lets go of its bytes. The answer is what the fleet says; it rejects
 * with a FacefleetError when there is none, or when `signal` says that the client has gone.
 */
export type QueuePhoto = (request: PhotoRequest, signal: AbortSignal) => Promise<QueuedPhoto>;

interface QueuedPhoto {
  answer(): Promise<{ readonly outcome: Outcome }>;
}

export interface PhotoRequest extends UploadedPhoto {
  readonly id: string;
  readonly trace: TraceContext | undefined;
}

/** Recognises the photos of a request; the answers come in the order in which the photos were sent. */
export type RecognisePhotos = (ctx: Context) => Promise<Answer[]>;

export function recognisePhotos(options: RecogniseOptions): RecognisePhotos {
  const noticeGallery = galleryNotice(options.log);
  const { places, memory } = options.admission;
  return async (ctx) => {
    const beganAt = performance.now();
    const place = places.share(ctx.ip);
    const answers = await answerPhotos(ctx, place, memory.share(ctx.ip), options).finally(
      place.release,
    );
    options.metrics.stage('total', performance.now() - beganAt);
    for (const { outcome } of answers) options.metrics.photo(outcomeName(outcome));
    answers.forEach(noticeGallery);
    const [failure] = failuresOf(answers);
    if (failure !== undefined) askForRetry(ctx, failure);
    return answers;
  };
}

async function answerPhotos(
  ctx: Context,
  place: Share,
  memory: Share,
  options: RecogniseOptions,
): Promise<Answer[]> {
  const queued = await lingering(ctx.req, async () => {
    place.grow(1);
    await options.checkRoom(ctx.request.length ?? options.limits.requestBytes);
    return queuePhotos(ctx, memory, options);
  }).finally(memory.release);
  return Promise.all(queued.map((photo) => photo.answer()));
}

/** Resolves when every photo of the request is queued or refused. */
async function queuePhotos(
  ctx: Context,
  memory: Share,
  options: RecogniseOptions,
): Promise<AnswerablePhoto[]> {
  const beganAt = performance.now();
  const { requestId, trace } = ctx.state;
  const photos = await inSpan(options.tracer, 'upload', { parent: trace }, () =>
    receivePhotos(ctx, options.limits, memory),
  );
  options.metrics.stage('upload', performance.now() - beganAt);
  // A key may be revoked while its upload arrives.
  await ctx.state.checkAccess?.();
  const signal = clientGone(ctx);
  return Promise.all(
    photos.map((photo, index) =>
      queuePhoto({ ...photo, id: idOf(requestId, index, photos.length), trace }, signal, options),
    ),
  );
}

/** One photo's request has the id of the HTTP request; several are numbered after it. */
const idOf = (requestId: string, index: number, count: number): string =>
  count === 1 ? requestId : `${requestId}-${index + 1}`;

/** A photo without its bytes. One that fails has an answer too, and leaves the others theirs. */
interface AnswerablePhoto {
  answer(): Promise<Answer>;
}

async function queuePhoto(
  request: PhotoRequest,
  signal: AbortSignal,
  { queue, limits, log }: RecogniseOptions,
): Promise<AnswerablePhoto> {
  const { id, fileName } = request;
  const failed = (cause: unknown): Answer => {
    const error = failureOf(cause, id);
    if (isOurFault(error)) log.error({ err: cause, requestId: id }, 'A photo failed');
    return { id, fileName, outcome: { error } };
  };
  try {
    checkPhoto(request.photo, limits);
    const queued = await queue(request, signal);
    return {
      answer: () => queued.answer().then(({ outcome }) => ({ id, fileName, outcome }), failed),
    };
  } catch (cause) {
    const answer = failed(cause);
    return { answer: () => Promise.resolve(answer) };
  }
}

function outcomeName(outcome: Outcome): string {
  if ('error' in outcome) return outcome.error.code;
  return outcome.faces.length === 0 ? 'no_face' : 'recognised';
}

/** Says how to enrol, once whenever the gallery is found empty. */
function galleryNotice(log: HttpLog): (answer: Answer) => void {
  let wasEmpty = false;
  return ({ id, outcome }) => {
    if ('error' in outcome) return;
    const isEmpty = outcome.gallerySize === 0;
    if (isEmpty && !wasEmpty) {
      log.warn(
        { requestId: id },
        'The gallery is empty, so every face is unknown. Enrol people: npx facefleet enroll DIR',
      );
    }
    wasEmpty = isEmpty;
  };
}
