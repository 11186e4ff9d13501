import sharp from 'sharp';

/** A face drawn with a few shapes, which the detector is sure of. */
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240">
  <rect width="320" height="240" fill="#9ab"/>
  <rect x="130" y="205" width="60" height="40" fill="#d0a080"/>
  <ellipse cx="160" cy="130" rx="62" ry="82" fill="#e0b090"/>
  <path d="M95 110Q100 40 160 40Q220 40 225 110Q200 70 160 70Q120 70 95 110" fill="#4a3020"/>
  <ellipse cx="135" cy="115" rx="12" ry="6" fill="#fff"/><circle cx="135" cy="115" r="6" fill="#321"/>
  <ellipse cx="185" cy="115" rx="12" ry="6" fill="#fff"/><circle cx="185" cy="115" r="6" fill="#321"/>
  <path d="M120 102q15-8 28 0M172 102q15-8 28 0" stroke="#4a3020" stroke-width="5" fill="none"/>
  <path d="M160 115q-8 28-10 32q10 6 20 0" stroke="#a07050" stroke-width="4" fill="none"/>
  <path d="M138 170q22 16 44 0q-22-8-44 0" fill="#b04a4a"/>
</svg>`;

/** A photo of nobody, as JPEG. */
export const drawnFace = (): Promise<Uint8Array> => sharp(Buffer.from(DRAWING)).jpeg().toBuffer();
