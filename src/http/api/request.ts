import { z } from 'zod';

import { type RecognisedFace, recognisedFace } from '../../bus/messages.ts';
import { isPending } from '../../machines/recent-requests.ts';
import type { KnownRequest } from '../../machines/request-history.ts';

export const face = recognisedFace.meta({ id: 'RecognisedFace' });

export const failure = z.object({ code: z.string(), message: z.string() });

const milliseconds = z.number().meta({ description: 'milliseconds since the Unix epoch' });

/** A photo's request; times, stages and photo are known of the latest requests only. */
export const request = z
  .object({
    id: z.string(),
    fileName: z.string(),
    status: z.enum(['pending', 'done', 'failed']),
    faces: z.array(face).optional().meta({ description: 'when it is done; largest first' }),
    error: failure.optional().meta({ description: 'when it has failed' }),
    receivedAt: milliseconds.optional(),
    answeredAt: milliseconds.optional(),
    stages: z
      .record(z.string(), z.number())
      .optional()
      .meta({ description: 'how long each stage took, in milliseconds' }),
    photo: z.string().optional().meta({ description: 'where the photo is, when it was stored' }),
  })
  .meta({ id: 'Request' });

export const requestParams = z.object({
  id: z.string().meta({ description: "the request's id" }),
});

/** A request as JSON. */
export function jsonOfRequest(known: KnownRequest): z.infer<typeof request> {
  const { record, receivedAt, answeredAt, stages, photo } = known;
  const { id, fileName } = record;
  return {
    id,
    fileName,
    ...('faces' in record
      ? { status: 'done', faces: record.faces }
      : 'error' in record
        ? { status: 'failed', error: record.error }
        : { status: 'pending' }),
    ...(receivedAt !== undefined && { receivedAt, stages }),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(photo !== undefined && { photo: `/v1/requests/${id}/photo` }),
  };
}

export const OUTCOMES = ['recognised', 'unknown', 'no_face', 'failed', 'pending'] as const;

/** In one word, what came of a request: `recognised` when anybody on the photo is known. */
export function outcomeOf({ record }: KnownRequest): (typeof OUTCOMES)[number] {
  if (isPending(record)) return 'pending';
  if (!('faces' in record)) return 'failed';
  if (record.faces.length === 0) return 'no_face';
  return record.faces.some(isKnown) ? 'recognised' : 'unknown';
}

export const isKnown = ({ name }: RecognisedFace): boolean => name !== 'unknown';
