import type { EmbeddingModel } from './gallery.ts';

/** Base of every failure that the recogniser names; `code` is stable, `message` says what to do. */
export abstract class RecognitionError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

export type PhotoErrorCode =
  | 'empty_file'
  | 'unsupported_type'
  | 'too_many_pixels'
  | 'undecodable_image';

/** Thrown when a photo cannot be read, for a reason that whoever sent it can mend. */
export class PhotoError extends RecognitionError {
  readonly code: PhotoErrorCode;

  constructor(code: PhotoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown when the models folder lacks a model, or its manifest does not describe one. */
export class ModelUnavailableError extends RecognitionError {
  readonly code = 'model_unavailable';
}

/** Thrown when a gallery holds the embeddings of another model: they cannot be compared. */
export class GalleryModelMismatchError extends RecognitionError {
  readonly code = 'gallery_model_mismatch';
  readonly galleryModel: string;
  readonly recognizerModel: string;

  constructor(galleryModel: EmbeddingModel, recognizerModel: EmbeddingModel) {
    super(
      `The gallery holds embeddings of ${describe(galleryModel)}, but ${describe(recognizerModel)} is ` +
        `in use: choose the gallery's model, or enrol the people again.`,
    );
    this.galleryModel = galleryModel.id;
    this.recognizerModel = recognizerModel.id;
  }
}

const describe = ({ id, width }: EmbeddingModel): string => `the model "${id}" (${width} numbers)`;

export type GalleryFormatErrorCode =
  | 'gallery_foreign_format'
  | 'gallery_newer_version'
  | 'gallery_corrupt';

/** Thrown when bytes are not a gallery that this version can read. */
export class GalleryFormatError extends RecognitionError {
  readonly code: GalleryFormatErrorCode;

  constructor(code: GalleryFormatErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
