import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeGallery, encodeGallery } from '../../src/recognition/gallery-codec.ts';
import { Gallery, type Person } from '../../src/recognition/gallery.ts';

const WIDTH = 8;
const model = { id: 'test-model', width: WIDTH };

const embedding = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: WIDTH, maxLength: WIDTH })
  .filter((numbers) => Math.hypot(...numbers) > 0.01)
  .map((numbers) => Float32Array.from(numbers));

const people = fc
  .array(fc.record({ name: fc.string({ unit: 'grapheme' }), faces: fc.array(embedding) }))
  .map((list) =>
    list.map(({ name, faces }, p): Person => ({
      id: `person-${p}`,
      name,
      faces: faces.map((embedding, f) => ({
        id: `face-${p}-${f}`,
        photoKey: `photos/${p}/${f}`,
        photoSha256: 'ab'.repeat(32),
        embedding,
      })),
    })),
  );

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

describe('the search in a gallery', () => {
  it('finds the person with the most similar face, as a plain loop over all faces does', () => {
    fc.assert(
      fc.property(people, embedding, (list, probe) => {
        const similarities = (faces: Person['faces']) =>
          faces.map((face) => cosine(face.embedding, probe));
        const match = new Gallery(model, list).search(probe);
        const best = Math.max(...list.flatMap(({ faces }) => similarities(faces)));
        expect(match?.similarity ?? -Infinity).toBeCloseTo(best, 4);
        expect(Math.max(...similarities(match?.person.faces ?? []))).toBeCloseTo(best, 4);
      }),
    );
  });

  it('refuses embeddings of another width', () => {
    const face = { id: 'f', photoKey: 'k', photoSha256: 's', embedding: new Float32Array(3) };
    expect(() => new Gallery(model, [{ id: 'p', name: 'Ada', faces: [face] }])).toThrow(RangeError);
  });
});

describe('a gallery as bytes', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(people, (list) => {
        const read = decodeGallery(encodeGallery(new Gallery(model, list)));
        expect(read.model).toEqual(model);
        expect(read.people).toEqual(list);
      }),
    );
  });

  it('is refused when any byte of it changed, or any are missing', () => {
    fc.assert(
      fc.property(people, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, position, flip) => {
        const bytes = encodeGallery(new Gallery(model, list));
        const damaged = Uint8Array.from(bytes);
        const at = position % bytes.length;
        damaged[at] = (bytes[at] ?? 0) ^ flip;
        expect(() => decodeGallery(damaged)).toThrow(/gallery/);
        expect(() => decodeGallery(bytes.subarray(0, at))).toThrow(/gallery/);
      }),
    );
  });

  it('of a later version says so', () => {
    const bytes = Buffer.from(encodeGallery(new Gallery(model, [])));
    bytes.writeUInt32LE(2, 8);
    expect(() => decodeGallery(bytes)).toThrow(
      expect.objectContaining({ code: 'gallery_newer_version' }),
    );
    expect(() => decodeGallery(Buffer.from('something else'))).toThrow(
      expect.objectContaining({ code: 'gallery_foreign_format' }),
    );
  });
});
