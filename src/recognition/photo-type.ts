export type PhotoType = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'bmp';

/** How files of each type begin: text at an offset. The file's name is never asked. */
const SIGNATURES: readonly (readonly [type: PhotoType, offset: number, text: string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF8'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['bmp', 0, 'BM'],
];
const SIGNATURE_BYTES = 12;

/** The type that a file's first bytes tell; undefined when it is none of ours. */
export function sniffType(bytes: Uint8Array): PhotoType | undefined {
  const head = Buffer.from(bytes.subarray(0, SIGNATURE_BYTES)).toString('latin1');
  return SIGNATURES.find(([, offset, text]) => head.startsWith(text, offset))?.[0];
}
