/** What is wrong with a photo itself, so that sending it again mends nothing. */
const ABOUT_PHOTO = new Set([
  'empty_file',
  'unsupported_type',
  'file_too_large',
  'too_many_pixels',
  'undecodable_image',
  'no_face',
]);

export const isAboutPhoto = (code: string): boolean => ABOUT_PHOTO.has(code);
