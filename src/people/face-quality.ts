import type { MeasuredFace } from './photo-analysis.ts';

/** Why a photo may not serve well to recognise somebody by. */
export type QualityHint = 'too_small' | 'blurred';

/**
 * Faces of fewer pixels in height begin to look like others: of 63 faces of LFW's development view, cut
 * down to 44 px, one in twenty fell to a similarity below 0.9 to themselves; at 60 px to 0.97.
 */
const LEAST_HEIGHT = 50;

/**
 * Sharpness below this is a blur that harms: the same faces have 0.016 and more in nineteen of twenty
 * cases, and under a Gaussian blur of 3 px, which brings the similarity to 0.79, 0.005 and less.
 */
const LEAST_SHARPNESS = 0.006;

/** What is wrong with a face as one to recognise somebody by; nothing for most photos. */
export function qualityHints({ box, sharpness }: MeasuredFace): QualityHint[] {
  const hints: QualityHint[] = [];
  if (box.height < LEAST_HEIGHT) hints.push('too_small');
  if (sharpness < LEAST_SHARPNESS) hints.push('blurred');
  return hints;
}
