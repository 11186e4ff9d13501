import { type EventObject, fromCallback, fromPromise } from 'xstate';

import type { Clock } from '../bus/clock.ts';
import type { DecodedPhoto } from '../bus/decoded-photo.ts';
import { NoSuchKeyError, PhotoRejectedError, QueueDoesNotExistError } from '../bus/errors.ts';
import {
  decodeRequest,
  encodeRecord,
  encodeReply,
  type Outcome,
  type PhotoLocation,
  type RecognitionRequest,
} from '../bus/messages.ts';
import { enrolmentKeysOf, objectKeyOf } from '../bus/object-key.ts';
import type { Message, MessageQueue, QueueDirectory } from '../bus/queue.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { Tracer } from '../bus/tracing.ts';
import { keepHidden } from './keep-hidden.ts';
import { RequestRecords } from './request-records.ts';
import { StageTimes } from './stage-times.ts';
import type { Job, WorkerEvent } from './worker-setup.ts';

export interface WorkerPorts {
  readonly clock: Clock;
  readonly requests: MessageQueue;
  /** Finds the queue that a request names in `replyTo`. */
  readonly queues: QueueDirectory;
  readonly inputBucket: ObjectStore;
  readonly outputBucket: ObjectStore;
  /** Where enrolments have their photos, and want what was found on them. Absent where nobody is enrolled. */
  readonly galleryBucket?: Pick<ObjectStore, 'get' | 'put'>;
  /** @throws PhotoRejectedError when these bytes are no photo that can be read */
  decode(photo: Uint8Array): Promise<DecodedPhoto>;
  /** How long a message in hand is hidden from others, in seconds (the mission: 30). */
  readonly visibilitySeconds: number;
  /** Hears of the steps of every photo, when they are traced. */
  readonly tracer?: Tracer | undefined;
}

/** The pause of the mission when the queue is empty. It *is* the long poll, so no photo waits for it. */
const WAIT_SECONDS = 5;

/** A failed message becomes visible again after 1, 2, 4, 8 … seconds, at most this. */
const MAX_RELEASE_SECONDS = 30;

/** The worker machine's steps on real ports: `workerMachine.provide({ actors: workerSteps(ports) })`. */
export function workerSteps(ports: WorkerPorts) {
  const times = new StageTimes(ports.clock, ports.tracer);
  const records = new RequestRecords(ports.outputBucket, ports.clock);
  /** Where the photos in hand lie that came in their messages. */
  const stored = new WeakMap<Message, PhotoLocation>();

  function received(message: Message | undefined): WorkerEvent {
    if (message === undefined) return { type: 'RECEIVED_NOTHING' };
    try {
      const job = { message, request: decodeRequest(message.body) };
      times.begin(message, job.request);
      return { type: 'RECEIVED', job };
    } catch (error) {
      return { type: 'RECEIVED_UNREADABLE', message, error };
    }
  }

  /** Only who asks by the request's id misses it when it fails: the try itself does not depend on it. */
  async function keepIfLastTry({ message, request }: Job): Promise<void> {
    if (message.receiveCount < ports.requests.maxReceiveCount) return;
    await records.keepLastTry(request.id).catch(() => {});
  }

  async function storePhoto(job: Job, { bytes }: DecodedPhoto): Promise<void> {
    const { fileName, image } = job.request;
    // A photo that came by the bucket is there already.
    if (typeof image !== 'string') return;
    const key = objectKeyOf(fileName);
    const { versionId } = await times.measure(job, 'store_photo', () =>
      ports.inputBucket.put(key, bytes),
    );
    stored.set(job.message, { bucket: ports.inputBucket.name, key, versionId });
  }

  return {
    receive: fromCallback<{ type: 'STOP' }>(({ sendBack, receive }) => {
      const abort = new AbortController();
      let isPolling = true;
      const stop = (): void => {
        // Aborting what has ended would do nothing but make an exception with its stack.
        if (isPolling) abort.abort();
      };
      receive(stop);
      ports.requests
        .receive({
          max: 1,
          waitSeconds: WAIT_SECONDS,
          visibilitySeconds: ports.visibilitySeconds,
          signal: abort.signal,
        })
        .finally(() => {
          isPolling = false;
        })
        .then(
          ([message]) => sendBack(received(message)),
          (error: unknown) => sendBack({ type: 'RECEIVE_FAILED', error }),
        );
      return stop;
    }),

    keepHidden: fromCallback<EventObject, { receiptHandle: string }>(({ input, sendBack }) =>
      keepHidden(ports, input.receiptHandle, sendBack),
    ),

    decode: fromPromise<DecodedPhoto, Job>(async ({ input: job }) => {
      await keepIfLastTry(job);
      return times.measure(job, 'decode', async () =>
        ports.decode(await photoOf(ports, job.request)),
      );
    }),

    identify: fromPromise<Outcome, { job: Job; decoded: DecodedPhoto }>(
      async ({ input: { job, decoded } }) => {
        // Inference does not wait for the bucket: both take the photo as it was decoded.
        const [, outcome] = await Promise.all([
          storePhoto(job, decoded),
          times.measure(job, 'recognise', () => look(ports, job, decoded, times.stepsOf(job))),
        ]);
        return outcome;
      },
    ),

    reply: fromPromise<void, { job: Job; outcome: Outcome }>(async ({ input }) => {
      const { message, request } = input.job;
      const { id, kind, fileName, replyTo, image } = request;
      const stages = times.of(message);
      const photo = typeof image === 'string' ? stored.get(message) : image;
      try {
        await times.trace(message, 'reply', async () => {
          const queue = await ports.queues.open(replyTo);
          await queue.send(
            encodeReply({ id, kind, fileName, outcome: input.outcome, photo, stages }),
          );
        });
      } catch (error) {
        if (!(error instanceof QueueDoesNotExistError)) throw error;
        if (kind === 'enrol') return;
        // The web tier that asked is gone for good: its clients ask another one by the request's id.
        await records.keep({ id, fileName, ...input.outcome });
      }
    }),

    storeResult: fromPromise<void, { job: Job; outcome: Outcome }>(async ({ input }) => {
      const { message, request } = input.job;
      const { id, kind, fileName } = request;
      if (kind === 'enrol') return;
      await times.trace(message, 'store_result', () =>
        ports.outputBucket.put(
          objectKeyOf(fileName),
          encodeRecord({ id, fileName, ...input.outcome }),
          { contentType: 'application/json' },
        ),
      );
    }),

    deleteMessage: fromPromise<void, Message>(async ({ input: message }) => {
      await times.trace(message, 'delete', () => ports.requests.delete([message.receiptHandle]));
      times.end(message);
    }),

    release: fromPromise<void, Message>(({ input: message }) => {
      const { receiptHandle, receiveCount } = message;
      times.end(message);
      return ports.requests.extend(
        receiptHandle,
        Math.min(2 ** (receiveCount - 1), MAX_RELEASE_SECONDS),
      );
    }),
  };
}

/** Finds the faces, and for an enrolment puts what is wanted of them beside its photo. */
async function look(
  { galleryBucket }: WorkerPorts,
  { request: { id, kind } }: Job,
  decoded: DecodedPhoto,
  onStep: (step: string, ms: number) => void,
): Promise<Outcome> {
  if (kind === 'recognise') return decoded.recognise(onStep);
  if (!galleryBucket || !decoded.analyse) throw new Error('This worker takes no enrolments.');
  await galleryBucket.put(enrolmentKeysOf(id).faces, await decoded.analyse());
  return { faces: [], gallerySize: 0 };
}

async function photoOf(
  { inputBucket, galleryBucket }: WorkerPorts,
  { kind, image }: RecognitionRequest,
): Promise<Uint8Array> {
  if (typeof image === 'string') return Buffer.from(image, 'base64');
  const bucket = kind === 'enrol' ? (galleryBucket ?? inputBucket) : inputBucket;
  try {
    const { body } = await bucket.get(image.key, { versionId: image.versionId });
    return body;
  } catch (error) {
    if (!(error instanceof NoSuchKeyError)) throw error;
    throw new PhotoRejectedError(
      'photo_gone',
      'The photo was removed from its bucket before it could be recognised. Send it again.',
      { cause: error },
    );
  }
}
