/** A photo as it was sent. */
export interface UploadedPhoto {
  /** As the client named it: any string. */
  readonly fileName: string;
  readonly photo: Uint8Array;
}

/** The name of a photo that came without one. */
export const NAMELESS = 'photo';
