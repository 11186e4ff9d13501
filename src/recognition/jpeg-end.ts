const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * Whether a JPEG has an end (T.81, B.1.1.3: every one has). One whose download or disk failed half-way
 * is often as long as it should be, the rest being zeros, and zeros are valid image data to a decoder.
 * What follows the end does not matter.
 */
export function hasEnd(bytes: Uint8Array): boolean {
  const start = scanOffset(bytes);
  for (let i = bytes.length - 1; i > start; i--) {
    if (bytes[i] === END_OF_IMAGE && bytes[i - 1] === 0xff) return true;
  }
  return false;
}

/** Where the pixels begin: the segments before may hold a thumbnail, which has an end of its own. */
function scanOffset(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 2;
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff) {
    if (bytes[offset + 1] === START_OF_SCAN) return offset;
    offset += 2 + view.getUint16(offset + 2);
  }
  return 0;
}
