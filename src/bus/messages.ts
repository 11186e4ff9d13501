import { z } from 'zod';

import { MalformedMessageError } from './errors.ts';
import { traceContext } from './tracing.ts';

/** Version of the messages below; a reader refuses what it does not know. */
const VERSION = 1;

/** Where a photo lies when it does not fit into its message. */
export const photoLocation = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string(),
});

/**
 * What is wanted of a photo: `recognise` who is on it, or look at the faces that somebody is to be
 * enrolled with. What is enrolled stays in the gallery's bucket: the photo lies there, and the worker
 * puts what it finds beside it.
 */
const kind = z.enum(['recognise', 'enrol']).default('recognise');

/** Web tier → worker: look at this photo. `image` is base64 inline, or where the photo lies. */
export const recognitionRequest = z.object({
  v: z.literal(VERSION),
  id: z.string(),
  kind,
  fileName: z.string(),
  /** Name of the queue that waits for the answer. */
  replyTo: z.string(),
  image: z.union([z.string(), photoLocation]),
  /** The span that sent it, when photos are traced. */
  trace: traceContext.optional(),
});

/** Pixels of the upright photo. */
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** One face of a photo and who it is. */
export const recognisedFace = z.object({
  box,
  /** The detector's confidence, 0 to 1. */
  score: z.number(),
  /** `unknown` when nobody in the gallery is near enough. */
  name: z.string(),
  /** Cosine to the nearest person, −1 to 1; null when the gallery is empty. */
  similarity: z.number().nullable(),
  /** Who looks most like it, nearest first, whether near enough or not. */
  nearest: z
    .array(z.object({ name: z.string(), similarity: z.number() }))
    .readonly()
    .optional(),
});

/** The answer to one request: the faces, largest first, or why there is none. */
const recognised = z.object({ faces: z.array(recognisedFace), gallerySize: z.number().int() });
const failed = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const outcome = z.union([recognised, failed]);

/** Worker → web tier. */
export const recognitionReply = z.object({
  v: z.literal(VERSION),
  id: z.string(),
  kind,
  fileName: z.string(),
  outcome,
  /** Where the photo lies, once that is known. */
  photo: photoLocation.optional(),
  /** How long the photo waited and was worked on until this reply, in milliseconds by stage. */
  stages: z.record(z.string(), z.number()).optional(),
});

const requestName = { id: z.string(), fileName: z.string() };

/** What the output bucket says of a request: its outcome, or nothing yet but that it is under way. */
export const requestRecord = z.union([
  recognised.extend(requestName),
  failed.extend(requestName),
  z.strictObject(requestName),
]);

export type PhotoLocation = z.infer<typeof photoLocation>;
export type RequestRecord = z.infer<typeof requestRecord>;
export type RecognitionRequest = z.infer<typeof recognitionRequest>;
export type RecognisedFace = z.infer<typeof recognisedFace>;
export type Outcome = z.infer<typeof outcome>;
export type RecognitionReply = z.infer<typeof recognitionReply>;

type Unencoded<Schema extends z.ZodType> = Omit<z.input<Schema>, 'v'>;

export const encodeRequest = (request: Unencoded<typeof recognitionRequest>): string =>
  JSON.stringify({ v: VERSION, ...request });

export const encodeReply = (reply: Unencoded<typeof recognitionReply>): string =>
  JSON.stringify({ v: VERSION, ...reply });

/** @throws MalformedMessageError */
export const decodeRequest = (body: string): RecognitionRequest =>
  decode(recognitionRequest, body, 'recognition request');

/** @throws MalformedMessageError */
export const decodeReply = (body: string): RecognitionReply =>
  decode(recognitionReply, body, 'recognition reply');

/** The object that the output bucket keeps. */
export const encodeRecord = (record: RequestRecord): Uint8Array =>
  Buffer.from(JSON.stringify(record));

/** @throws MalformedMessageError */
export const decodeRecord = (body: Uint8Array): RequestRecord =>
  decode(requestRecord, Buffer.from(body).toString(), 'record of a request');

/** @throws MalformedMessageError */
export function decode<T>(schema: z.ZodType<T>, body: string, what: string): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new MalformedMessageError(`The ${what} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new MalformedMessageError(`The ${what} is malformed: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
