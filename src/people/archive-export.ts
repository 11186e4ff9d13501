import { Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';

import { NoSuchKeyError } from '../bus/errors.ts';
import { objectKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { EnrolledFace, Gallery } from '../recognition/gallery.ts';
import { sniffType } from '../recognition/photo-type.ts';
import { type ArchiveList, LIST } from './archive.ts';
import { portraitKeyOf } from './face-files.ts';

/** Photos are compressed already. */
const STORED = { level: 0 };

/**
 * The whole gallery as a zip: a folder a person with their photos, and the list of people with their
 * embeddings. It is read photo by photo, as the reader takes it; who is erased meanwhile is left out.
 */
export function exportGallery(
  bucket: Pick<ObjectStore, 'get'>,
  gallery: Gallery,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const write = async (): Promise<void> => {
    const zip = new ZipWriter(writable, STORED);
    const people: ArchiveList['people'] = [];
    for (const { name, faces } of gallery.people) {
      const told: ArchiveList['people'][number]['faces'] = [];
      for (const face of faces) {
        const photo = await bytesOf(bucket, face.photoKey);
        if (photo === undefined) continue;
        const file = `people/${objectKeyOf(name)}/${face.photoSha256.slice(0, 16)}${endingOf(photo)}`;
        const portrait = await bytesOf(bucket, portraitKeyOf(face));
        await zip.add(file, new Uint8ArrayReader(photo));
        if (portrait) await zip.add(`portraits/${face.id}.jpg`, new Uint8ArrayReader(portrait));
        told.push({
          photo: file,
          ...(portrait && { portrait: `portraits/${face.id}.jpg` }),
          sha256: face.photoSha256,
          embedding: base64Of(face),
        });
      }
      people.push({ name, faces: told });
    }
    const { id, width } = gallery.model;
    const list: ArchiveList = { v: 1, model: { id, width }, people };
    await zip.add(LIST, new Uint8ArrayReader(Buffer.from(JSON.stringify(list, null, 1))));
    await zip.close();
  };
  // The reader hears of a failure by the stream.
  write().catch((error: unknown) => writable.abort(error).catch(() => {}));
  return readable;
}

/** What a file of such bytes ends in, so that whoever unpacks it can look at it. */
function endingOf(photo: Uint8Array): string {
  const type = sniffType(photo);
  return type === undefined ? '' : `.${type === 'jpeg' ? 'jpg' : type}`;
}

async function bytesOf(
  bucket: Pick<ObjectStore, 'get'>,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await bucket.get(key)).body;
  } catch (error) {
    if (error instanceof NoSuchKeyError) return undefined;
    throw error;
  }
}

const base64Of = ({ embedding: { buffer, byteOffset, byteLength } }: EnrolledFace): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
