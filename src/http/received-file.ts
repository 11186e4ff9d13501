/** A file of an upload, on disk until its request is answered. */
export interface ReceivedFile {
  /** As the client named it: any string. */
  readonly fileName: string;
  readonly path: string;
}

/** The name of a photo that came without one. */
export const NAMELESS = 'photo';
