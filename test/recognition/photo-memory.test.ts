import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { quarters } from './pictures.ts';

/** 50 megapixels; as RGB they would fill 150 MB. */
const WIDTH = 8660;
const HEIGHT = 5770;

/** Decodes a photo and a view of it in a fresh process and prints how many bytes it grew. */
const program = (file: string): string => `
  import { readFile } from 'node:fs/promises';
  import { Photo } from ${JSON.stringify(pathToFileURL(join(packageRoot, 'dist/src/recognition/photo.js')))};
  const bytes = await readFile(${JSON.stringify(file)});
  const before = process.memoryUsage.rss();
  let peak = before;
  const sample = () => { peak = Math.max(peak, process.memoryUsage.rss()); };
  const sampling = setInterval(sample, 1);
  const photo = await Photo.decode(bytes);
  await photo.view({ x: 4000, y: 5000, width: 300, height: 300 }, 1);
  sample();
  clearInterval(sampling);
  console.log(peak - before);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefleet-photos-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a photo of 50 megapixels', () => {
  it.each(['jpeg', 'png'] as const)(
    'takes less than two thirds of its pixels in memory, as %s',
    async (format) => {
      const file = join(folder, `large.${format}`);
      await quarters(WIDTH, HEIGHT).toFormat(format, { compressionLevel: 3 }).toFile(file);
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--input-type=module',
        '--eval',
        program(file),
      ]);
      expect(Number(stdout)).toBeGreaterThan(0);
      expect(Number(stdout)).toBeLessThan(100e6);
    },
  );
});
