import { crc32 } from 'node:zlib';

import { z } from 'zod';

import { GalleryFormatError } from './errors.ts';
import { Gallery } from './gallery.ts';

/**
 * A gallery as bytes, all numbers little-endian:
 *
 *     0   "FFGALLRY"                      8 bytes
 *     8   version                         uint32
 *     12  length of the header in bytes   uint32, a multiple of 4
 *     16  header                          JSON in UTF-8, padded with spaces
 *         embeddings                      float32, those of each face in the header's order
 *         CRC-32 of all that precedes     uint32
 */
const MAGIC = Buffer.from('FFGALLRY');
const VERSION = 1;
const HEADER_START = 16;
const CRC_BYTES = 4;

const headerSchema = z.object({
  model: z.object({ id: z.string(), width: z.int().positive() }),
  people: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      faces: z.array(z.object({ id: z.string(), photoKey: z.string(), photoSha256: z.string() })),
    }),
  ),
});

type Header = z.infer<typeof headerSchema>;

export function encodeGallery({ model, people }: Gallery): Uint8Array {
  const header = encodeHeader({
    model: { id: model.id, width: model.width },
    people: people.map(({ id, name, faces }) => ({
      id,
      name,
      faces: faces.map(({ id, photoKey, photoSha256 }) => ({ id, photoKey, photoSha256 })),
    })),
  });
  const preamble = Buffer.alloc(HEADER_START);
  MAGIC.copy(preamble);
  preamble.writeUInt32LE(VERSION, 8);
  preamble.writeUInt32LE(header.length, 12);
  const embeddings = people
    .flatMap((person) => person.faces)
    .map(({ embedding: { buffer, byteOffset, byteLength } }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    );
  const content = Buffer.concat([preamble, header, ...embeddings]);
  const checksum = Buffer.alloc(CRC_BYTES);
  checksum.writeUInt32LE(crc32(content));
  return Buffer.concat([content, checksum]);
}

/** @throws GalleryFormatError when the bytes are foreign, of a newer version, or damaged */
export function decodeGallery(bytes: Uint8Array): Gallery {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new GalleryFormatError(
      'gallery_foreign_format',
      'The file is not a facefleet gallery: point to the one that `facefleet enroll` wrote.',
    );
  }
  if (file.length < HEADER_START + CRC_BYTES) throw corrupt();
  const version = file.readUInt32LE(8);
  if (version > VERSION) {
    throw new GalleryFormatError(
      'gallery_newer_version',
      `The gallery has version ${version}, this facefleet reads up to ${VERSION}: update facefleet.`,
    );
  }
  const content = file.subarray(0, -CRC_BYTES);
  if (crc32(content) !== file.readUInt32LE(content.length)) throw corrupt();

  const headerEnd = HEADER_START + file.readUInt32LE(12);
  const { model, people } = decodeHeader(content.subarray(HEADER_START, headerEnd));
  const embeddings = floatsOf(content.subarray(headerEnd));
  const faceCount = people.reduce((count, person) => count + person.faces.length, 0);
  if (embeddings.length !== faceCount * model.width) throw corrupt();

  let offset = 0;
  const nextEmbedding = (): Float32Array => embeddings.subarray(offset, (offset += model.width));
  return new Gallery(
    model,
    people.map(({ id, name, faces }) => ({
      id,
      name,
      faces: faces.map((face) => Object.assign(face, { embedding: nextEmbedding() })),
    })),
  );
}

function encodeHeader(header: Header): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc((4 - (json.length % 4)) % 4, ' ');
  return Buffer.concat([json, padding]);
}

function decodeHeader(bytes: Buffer): Header {
  try {
    return headerSchema.parse(JSON.parse(bytes.toString()));
  } catch (cause) {
    throw corrupt({ cause });
  }
}

/** A copy, because a Float32Array must start at a multiple of 4. */
function floatsOf(bytes: Buffer): Float32Array {
  if (bytes.length % 4 !== 0) throw corrupt();
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

const corrupt = (options?: ErrorOptions): GalleryFormatError =>
  new GalleryFormatError(
    'gallery_corrupt',
    'The gallery is damaged: take its previous version, or enrol the people again.',
    options,
  );
