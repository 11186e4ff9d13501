/** Photos with more pixels are refused: 50 megapixels, the largest of today's phones. */
export const MAX_PIXELS = 50_000_000;
