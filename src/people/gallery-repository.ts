import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import { GalleryModelMismatchError } from '../recognition/errors.ts';
import { decodeGallery, encodeGallery } from '../recognition/gallery-codec.ts';
import { Gallery, type EmbeddingModel } from '../recognition/gallery.ts';

/** The gallery as one version of it is stored. */
export interface StoredGallery {
  readonly gallery: Gallery;
  /** Absent when nothing is stored yet. */
  readonly etag?: string;
}

const KEY = 'gallery';

/**
 * Keeps the gallery as one object of a bucket, so that a reader has the whole of one version or the
 * whole of another. Two writers at once lose nothing: the later one applies its change again.
 */
export class GalleryRepository {
  readonly #bucket: ObjectStore;
  readonly #model: EmbeddingModel;

  /** `model`: the embedder in use. */
  constructor(bucket: ObjectStore, model: EmbeddingModel) {
    this.#bucket = bucket;
    this.#model = model;
  }

  /** The ETag of the current version, or `undefined` when nothing is stored. */
  async etag(): Promise<string | undefined> {
    return (await this.#bucket.head(KEY))?.etag;
  }

  /**
   * @throws GalleryFormatError when what is stored is no gallery that this release reads
   * @throws GalleryModelMismatchError when it holds the embeddings of another model
   */
  async load(): Promise<StoredGallery> {
    try {
      const { body, etag } = await this.#bucket.get(KEY);
      return { gallery: this.#comparable(decodeGallery(body)), etag };
    } catch (error) {
      if (!(error instanceof NoSuchKeyError)) throw error;
      return { gallery: new Gallery(this.#model, []) };
    }
  }

  #comparable(gallery: Gallery): Gallery {
    if (gallery.isOf(this.#model)) return gallery;
    if (gallery.size > 0) throw new GalleryModelMismatchError(gallery.model, this.#model);
    return new Gallery(this.#model, []);
  }

  /** Applies a change to the current gallery and stores the outcome, whoever else does the same. */
  async update(change: (gallery: Gallery) => Gallery): Promise<Gallery> {
    for (;;) {
      const { gallery, etag } = await this.load();
      const changed = change(gallery);
      if (changed === gallery) return gallery;
      try {
        await this.#bucket.put(KEY, encodeGallery(changed), {
          contentType: 'application/octet-stream',
          ...(etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag }),
        });
        return changed;
      } catch (error) {
        if (!(error instanceof PreconditionFailedError)) throw error;
      }
    }
  }
}
