import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { Gallery, type Person } from '../../src/recognition/gallery.ts';
import { createRecognizer, type Recognizer } from '../../src/recognition/recognizer.ts';
import { anotherPhotoOf, type Portrait, portraitsOf } from '../portraits.ts';
import { SAMPLE_FACES, samplePhoto, type SamplePhotoNumber } from '../sample-photos.ts';

const modelsDir = join(packageRoot, 'models');
const SAMPLES = [1, 2, 3, 4, 5, 6] as const;

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await createRecognizer({ modelsDir });
});
afterAll(() => recognizer.close());

const analyze = async (bytes: Uint8Array) => recognizer.analyze(await recognizer.decode(bytes));

async function galleryOf(portraits: readonly Portrait[], by = recognizer): Promise<Gallery> {
  const people: Person[] = [];
  for (const { name, photo } of portraits) {
    const [face] = await by.analyze(await by.decode(photo));
    if (face === undefined) throw new Error(`There is no face on the portrait of ${name}.`);
    const { embedding } = face;
    people.push({
      id: name,
      name,
      faces: [{ id: name, photoKey: name, photoSha256: name, embedding }],
    });
  }
  return new Gallery(by.embedder, people);
}

const namesOn = async (bytes: Uint8Array, gallery: Gallery): Promise<string[]> =>
  (await recognizer.recognize(await recognizer.decode(bytes), gallery)).map(({ name }) => name);

describe('detection', () => {
  it.each(SAMPLES)(
    'finds every face of sample photo %i and nothing else, largest first',
    async (n) => {
      const faces = await analyze(await samplePhoto(n));
      expect(faces).toHaveLength(SAMPLE_FACES[n]);
      const areas = faces.map(({ box }) => box.width * box.height);
      expect(areas).toEqual(areas.toSorted((a, b) => b - a));
      for (const { embedding, score } of faces) {
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
        expect(score).toBeGreaterThan(0.65);
      }
    },
  );

  it('finds no face where there is none', async () => {
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
    const picture = sharp({
      create: { width: 500, height: 400, channels: 3, background: '#777', noise },
    });
    expect(await analyze(await picture.jpeg().toBuffer())).toEqual([]);
    expect(
      await analyze(
        await sharp(await samplePhoto(1))
          .resize(1, 1)
          .png()
          .toBuffer(),
      ),
    ).toEqual([]);
  });

  it('gives boxes in pixels of the upright photo', async () => {
    const upright = await samplePhoto(5);
    const sideways = await sharp(upright)
      .rotate(-90)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 98 })
      .toBuffer();
    const [one] = await analyze(upright);
    const [other] = await analyze(sideways);
    expect(other?.box.x).toBeCloseTo(one?.box.x ?? NaN, -1);
    expect(other?.box.y).toBeCloseTo(one?.box.y ?? NaN, -1);
  });
});

describe('recognition', () => {
  it('names everybody on another photo of them, and strangers unknown', async () => {
    const known = await portraitsOf(5);
    const gallery = await galleryOf(known);
    for (const portrait of known) {
      expect(await namesOn(await anotherPhotoOf(portrait), gallery)).toEqual([portrait.name]);
    }
    for (const stranger of await portraitsOf(2)) {
      expect(await namesOn(stranger.photo, gallery)).toEqual(['unknown']);
    }
  });

  const changes: readonly [what: string, change: (photo: Uint8Array) => Sharp][] = [
    ['dark', (photo) => sharp(photo).modulate({ brightness: 0.5 })],
    ['bright', (photo) => sharp(photo).modulate({ brightness: 1.5 })],
    ['blurred', (photo) => sharp(photo).blur(2)],
    ['grey', (photo) => sharp(photo).greyscale()],
    ['rolled by 25°', (photo) => sharp(photo).rotate(25, { background: '#777' })],
    ['mirrored', (photo) => sharp(photo).flop()],
    ['small', (photo) => sharp(photo).resize(90)],
  ];
  it.each(changes)('names a face that is %s', async (_, change) => {
    const [portrait] = await portraitsOf(5);
    const gallery = await galleryOf(await portraitsOf(5));
    const photo = await change(portrait?.photo ?? new Uint8Array())
      .jpeg()
      .toBuffer();
    expect(await namesOn(photo, gallery)).toEqual([portrait?.name]);
  });

  it('finds and names a face 3 % wide in a photo of 12 megapixels', async () => {
    const portraits = await portraitsOf(5);
    const [portrait] = portraits;
    const [face] = await analyze(portrait?.photo ?? new Uint8Array());
    const { width: portraitWidth } = await sharp(portrait?.photo).metadata();
    const width = 4000;
    const scale = (width * 0.03) / (face?.box.width ?? NaN);
    const small = await sharp(portrait?.photo)
      .resize(Math.round(portraitWidth * scale))
      .toBuffer();
    const landscape = {
      create: { width, height: 3000, channels: 3 as const, background: '#6b7f6a' },
    };
    const photo = await sharp(landscape)
      .composite([{ input: small, left: 2900, top: 700 }])
      .jpeg({ quality: 90 })
      .toBuffer();

    const gallery = await galleryOf(portraits);
    const found = await recognizer.recognize(await recognizer.decode(photo), gallery);
    expect(found.map(({ name }) => name)).toEqual([portrait?.name]);
    const box = found[0]?.box ?? { x: 0, y: 0, width: 0, height: 0 };
    expect(box.x).toBeGreaterThan(2900);
    expect(box.width / width).toBeCloseTo(0.03, 2);
  });

  it('is the same for photos in flight at the same time', async () => {
    const photos = await Promise.all(SAMPLES.map((n: SamplePhotoNumber) => samplePhoto(n)));
    const alone = [];
    for (const photo of photos) alone.push(await analyze(photo));
    expect(await Promise.all(photos.map(analyze))).toEqual(alone);
  });

  it('says nobody is similar when the gallery is empty', async () => {
    const empty = new Gallery(recognizer.embedder, []);
    const faces = await recognizer.recognize(await recognizer.decode(await samplePhoto(1)), empty);
    expect(faces[0]).toMatchObject({ name: 'unknown', similarity: null });
  });
});

describe('the embedders', () => {
  it.each(['mobilefacenet', 'fr_feature', 'dlib'])(
    '%s names people and knows strangers',
    async (id) => {
      const other = await createRecognizer({ modelsDir, embedderId: id });
      const portraits = await portraitsOf(4);
      const gallery = await galleryOf(portraits, other);
      for (const portrait of portraits) {
        const photo = await other.decode(await anotherPhotoOf(portrait));
        expect(await other.recognize(photo, gallery)).toMatchObject([{ name: portrait.name }]);
      }
      await other.close();
    },
  );

  it('are not mixed: a gallery of another one is refused by name', async () => {
    const other = await createRecognizer({ modelsDir, embedderId: 'fr_feature' });
    const gallery = await galleryOf((await portraitsOf(4)).slice(0, 1));
    const photo = await other.decode(await samplePhoto(4));
    await expect(other.recognize(photo, gallery)).rejects.toThrow(/"mobilefacenet".*"fr_feature"/);
    await other.close();
  });

  it('that do not exist are refused with the choice there is', async () => {
    await expect(createRecognizer({ modelsDir, embedderId: 'none' })).rejects.toThrow(
      /no embedder "none": choose one of mobilefacenet/,
    );
  });

  it('that were not built are refused with the command that builds them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'facefleet-models-'));
    const manifest = await import(join(modelsDir, 'manifest.json'), { with: { type: 'json' } });
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest.default));
    await expect(createRecognizer({ modelsDir: folder })).rejects.toThrow(/npm run models/);
    await rm(folder, { recursive: true });
  });
});
