import { z } from 'zod';

import { MalformedMessageError } from '../bus/errors.ts';
import type { EmbeddingModel } from '../recognition/gallery.ts';
import type { AnalyzedFace } from '../recognition/recognizer.ts';

/** A face with all that an enrolment wants to know of it. */
export interface MeasuredFace extends AnalyzedFace {
  /** How sharp it is, see `sharpnessOf`. */
  readonly sharpness: number;
  /** The face by itself, as JPEG. */
  readonly portrait: Uint8Array;
}

/** What a recogniser finds out about a photo that somebody is to be enrolled with. */
export interface PhotoAnalysis {
  readonly model: EmbeddingModel & {
    /** The least similarity of two photos of one person. */
    readonly threshold: number;
  };
  /** Of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Largest first. */
  readonly faces: readonly MeasuredFace[];
}

const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

const analysisSchema = z.object({
  v: z.literal(1),
  model: z.object({ id: z.string(), width: z.int().positive(), threshold: z.number() }),
  width: z.int().positive(),
  height: z.int().positive(),
  faces: z.array(
    z.object({
      box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
      score: z.number(),
      /** float32, little-endian. */
      embedding: base64.transform(({ buffer }) => new Float32Array(buffer)),
      sharpness: z.number(),
      portrait: base64,
    }),
  ),
});

/** An analysis on its way from a worker to the web tier: JSON, with base64 for bytes. */
export const encodeAnalysis = ({ faces, ...photo }: PhotoAnalysis): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      v: 1,
      ...photo,
      faces: faces.map(({ embedding, portrait, ...face }) => ({
        ...face,
        embedding: base64Of(embedding),
        portrait: base64Of(portrait),
      })),
    }),
  );

const base64Of = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** @throws MalformedMessageError */
export function decodeAnalysis(bytes: Uint8Array): PhotoAnalysis {
  try {
    return analysisSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new MalformedMessageError('The analysis of a photo is malformed.', { cause });
  }
}
