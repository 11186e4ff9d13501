import { Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';

import { type ArchiveList, ArchiveInvalidError, archiveList, LIST } from './archive.ts';
import { photoSha256Of } from './face-files.ts';

/** A photo of an archive, and whom it is said to show. */
export interface ArchivedFace {
  /** Its name within the archive. */
  readonly file: string;
  readonly person: string;
  readonly photo: Uint8Array;
  /** What a recogniser found, when the archive tells; of use where its model is the same. */
  readonly known?: { readonly embedding: Float32Array; readonly portrait: Uint8Array } | undefined;
}

export interface Archive {
  /** The model of the embeddings; absent when there are none. */
  readonly model?: ArchiveList['model'] | undefined;
  readonly faces: readonly ArchivedFace[];
}

/** What unpacked files may have together, in bytes: photos hardly shrink, so a bomb it must be. */
const MAX_BYTES = 128 * 2 ** 20;

/**
 * Reads the whole of an archive: one that `exportGallery` wrote, or any zip with a folder of photos a
 * person. @throws ArchiveInvalidError
 */
export async function readArchive(zip: Uint8Array): Promise<Archive> {
  const files = await filesOf(zip);
  const listed = files.get(LIST);
  if (listed === undefined) return { faces: byFolder(files) };
  const list = listOf(listed);
  return { model: list.model, faces: byList(list, files) };
}

async function filesOf(zip: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  try {
    const reader = new ZipReader(new Uint8ArrayReader(zip), {
      checkSignature: true,
      checkOverlappingEntry: true,
    });
    let left = MAX_BYTES;
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      const chunks: Uint8Array[] = [];
      await entry.getData(
        new WritableStream<Uint8Array>({
          write(chunk) {
            left -= chunk.length;
            if (left < 0) throw new Error('It is too large unpacked.');
            chunks.push(chunk);
          },
        }),
      );
      files.set(entry.filename, Buffer.concat(chunks));
    }
    await reader.close();
  } catch (cause) {
    throw new ArchiveInvalidError(
      'This is no zip file, or a damaged one, or one that is too large unpacked. Nothing was taken from it.',
      { cause },
    );
  }
  return files;
}

function listOf(bytes: Uint8Array): ArchiveList {
  try {
    return archiveList.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new ArchiveInvalidError(
      `The ${LIST} of the archive is not one that this release reads. Nothing was taken from it.`,
      { cause },
    );
  }
}

const byList = (
  { model, people }: ArchiveList,
  files: ReadonlyMap<string, Uint8Array>,
): ArchivedFace[] =>
  people.flatMap(({ name, faces }) =>
    faces.map(({ photo: file, portrait: portraitFile, sha256, embedding: base64 }) => {
      const photo = files.get(file);
      const embedding = new Uint8Array(Buffer.from(base64, 'base64'));
      if (
        photo === undefined ||
        photoSha256Of(photo) !== sha256 ||
        embedding.length !== model.width * 4
      ) {
        throw new ArchiveInvalidError(
          `The archive lacks "${file}", or has another one than its list says. Nothing was taken from it.`,
        );
      }
      const portrait = portraitFile === undefined ? undefined : files.get(portraitFile);
      const known = portrait && { embedding: new Float32Array(embedding.buffer), portrait };
      return { file, person: name, photo, known };
    }),
  );

/** `Ada Lovelace/1.jpg`, wherever the folder lies in the archive; hidden files are passed over. */
function byFolder(files: ReadonlyMap<string, Uint8Array>): ArchivedFace[] {
  return [...files].flatMap(([file, photo]) => {
    const [name = '', folder] = file.split('/').toReversed();
    if (folder === undefined || name.startsWith('.') || file.startsWith('__MACOSX/')) return [];
    return [{ file, person: folder.normalize(), photo }];
  });
}
