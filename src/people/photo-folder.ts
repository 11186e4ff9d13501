import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/** A photo file and the person it is said to show. */
export interface PersonPhoto {
  readonly file: string;
  readonly person: string;
}

/** `Name_0001.jpg`: the name and a number. */
const NUMBERED = /^(?<name>.+)_\d+$/;

/**
 * The photos of a folder: `DIR/<person>/<any file>`, the folder's name being the person's name as it
 * stands, or `DIR/<person>_<number>.<ext>`. Hidden files are passed over. In the order of the names.
 */
export async function photosOf(folder: string): Promise<PersonPhoto[]> {
  const photos: PersonPhoto[] = [];
  for (const entry of await visibleEntries(folder)) {
    const path = join(folder, entry.name);
    if (await isFolder(path)) {
      for (const file of await visibleEntries(path)) {
        const photo = join(path, file.name);
        if (!(await isFolder(photo))) photos.push({ file: photo, person: entry.name.normalize() });
      }
    } else {
      photos.push({ file: path, person: personOf(entry.name) });
    }
  }
  return photos;
}

/** Links are followed; what cannot be looked at is taken for a file, and its reading says why. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );

async function visibleEntries(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function personOf(fileName: string): string {
  const stem = basename(fileName, extname(fileName)).normalize();
  return NUMBERED.exec(stem)?.groups?.['name'] ?? stem;
}
