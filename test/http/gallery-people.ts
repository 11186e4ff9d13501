import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import type { PeopleSource } from '../../src/http/people-source.ts';
import { encodeAnalysis, type PhotoAnalysis } from '../../src/people/photo-analysis.ts';
import { peopleSource } from '../../src/roles/people-source.ts';

export const MODEL = { id: 'a-model', width: 4, threshold: 0.5 };

/** What a worker finds on a photo. */
export type Look = (photo: Uint8Array) => PhotoAnalysis | Promise<PhotoAnalysis>;

/** A photo of so many faces, each that of somebody else; `towards` says whom they look like. */
export const analysisOf = (...towards: readonly (readonly number[])[]): PhotoAnalysis => ({
  model: MODEL,
  width: 100,
  height: 100,
  faces: towards.map((embedding, index) => ({
    // Side by side, so that no face is plainly the one that is meant.
    box: { x: 90 * index + 0.3, y: 5.1, width: 80, height: 80 },
    score: 0.99004,
    embedding: Float32Array.from(embedding),
    sharpness: 0.1,
    portrait: Buffer.from(`the portrait of ${embedding.join(' ')}`),
  })),
});

/** Real people in a gallery's bucket in memory; only what a worker finds on a photo is scripted. */
export function galleryPeople(
  look: Look = () => analysisOf([1, 0, 0, 0]),
): PeopleSource & { readonly bucket: MemoryStore } {
  const bucket = new MemoryStore('gallery-bucket', new SteppedClock());
  const analyse = async ({ photo }: { photo: Uint8Array }): Promise<Uint8Array> =>
    encodeAnalysis(await look(photo));
  return Object.assign(peopleSource(bucket, { analyse }), { bucket });
}
