import { encodeRequest, type PhotoLocation, type RecognitionRequest } from '../bus/messages.ts';
import { enrolmentKeysOf, objectKeyOf } from '../bus/object-key.ts';
import type { MessageQueue } from '../bus/queue.ts';
import type { ObjectStore } from '../bus/store.ts';
import { inSpan, type TraceContext, type Tracer } from '../bus/tracing.ts';

export interface PhotoMessagePorts {
  readonly requests: Pick<MessageQueue, 'send' | 'maxMessageBytes'>;
  readonly replies: Pick<MessageQueue, 'name'>;
  readonly inputBucket: Pick<ObjectStore, 'name' | 'put'>;
  readonly galleryBucket: Pick<ObjectStore, 'name' | 'put'>;
  /** Hears of the sending, when photos are traced. */
  readonly tracer?: Tracer | undefined;
}

/** A photo that goes to the workers. */
export interface SentPhoto {
  /** The request id. */
  readonly id: string;
  readonly fileName: string;
  readonly photo: Uint8Array;
  /** The span of the HTTP request, when it is traced. */
  readonly trace?: TraceContext | undefined;
}

/** Sends a photo to be recognised, and the span of the sending with it. */
export const sendToRecognise = (ports: PhotoMessagePorts, sent: SentPhoto): Promise<void> =>
  inSpan(
    ports.tracer,
    'send',
    {
      parent: sent.trace,
      kind: 'producer',
      attributes: { 'facefleet.request_id': sent.id },
    },
    (trace) => sendPhoto(ports, { ...sent, trace }),
  );

/** Sends the photo inline when the message fits the queue, else by way of the input bucket. */
async function sendPhoto(
  { requests, replies, inputBucket }: PhotoMessagePorts,
  { id, fileName, photo, trace }: SentPhoto,
): Promise<void> {
  const encode = (image: RecognitionRequest['image']): string =>
    encodeRequest({ id, fileName, replyTo: replies.name, image, trace });

  const envelopeBytes = Buffer.byteLength(encode(''));
  const inlineBytes = envelopeBytes + Math.ceil(photo.byteLength / 3) * 4;
  if (inlineBytes <= requests.maxMessageBytes) {
    await requests.send(encode(Buffer.from(photo).toString('base64')));
    return;
  }
  const key = objectKeyOf(fileName);
  const { versionId } = await inputBucket.put(key, photo);
  await requests.send(encode({ bucket: inputBucket.name, key, versionId }));
}

/** Sends a photo to be looked at for an enrolment, by way of the gallery's bucket. */
export async function sendToEnrol(
  { requests, replies, galleryBucket }: PhotoMessagePorts,
  { id, fileName, photo }: SentPhoto,
): Promise<void> {
  const key = enrolmentKeysOf(id).photo;
  const { versionId } = await galleryBucket.put(key, photo);
  const image = { bucket: galleryBucket.name, key, versionId };
  await requests.send(encodeRequest({ id, kind: 'enrol', fileName, replyTo: replies.name, image }));
}

/** Sends a photo to be recognised that lies in the input bucket already. */
export const sendAgain = (
  { requests, replies }: PhotoMessagePorts,
  { id, fileName }: Pick<SentPhoto, 'id' | 'fileName'>,
  image: PhotoLocation,
): Promise<void> => requests.send(encodeRequest({ id, fileName, replyTo: replies.name, image }));
