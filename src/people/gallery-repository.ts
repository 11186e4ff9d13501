import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import { GalleryFormatError, GalleryModelMismatchError } from '../recognition/errors.ts';
import { decodeGallery, encodeGallery } from '../recognition/gallery-codec.ts';
import { type EmbeddingModel, Gallery, NO_MODEL } from '../recognition/gallery.ts';

/** The gallery as one version of it is stored. */
export interface StoredGallery {
  readonly gallery: Gallery;
  /** Absent when nothing is stored yet. */
  readonly etag?: string;
}

/** An earlier version of the gallery, which readers may still hold. */
export interface EarlierGallery {
  /** Absent when this version is damaged. */
  readonly gallery?: Gallery;
  readonly erase: () => Promise<void>;
}

const KEY = 'gallery';

/**
 * Keeps the gallery as one object of a bucket, so that a reader has the whole of one version or the
 * whole of another. Two writers at once lose nothing: the later one applies its change again.
 */
export class GalleryRepository {
  readonly #bucket: ObjectStore;
  readonly #model: EmbeddingModel | undefined;

  /** `model`: the embedder in use; where it is left out, the gallery's own will do, whichever that is. */
  constructor(bucket: ObjectStore, model?: EmbeddingModel) {
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
      return { gallery: new Gallery(this.#model ?? NO_MODEL, []) };
    }
  }

  /** One version, unless it is damaged or somebody else has just erased it. */
  async #readable(versionId: string): Promise<{ gallery?: Gallery }> {
    try {
      return { gallery: decodeGallery((await this.#bucket.get(KEY, { versionId })).body) };
    } catch (error) {
      if (error instanceof GalleryFormatError || error instanceof NoSuchKeyError) return {};
      throw error;
    }
  }

  #comparable(gallery: Gallery): Gallery {
    if (this.#model === undefined || gallery.isOf(this.#model)) return gallery;
    if (gallery.size > 0) throw new GalleryModelMismatchError(gallery.model, this.#model);
    return new Gallery(this.#model, gallery.people);
  }

  /** Every version but the current one, newest first. */
  async earlierVersions(): Promise<EarlierGallery[]> {
    const current = await this.#bucket.head(KEY);
    const earlier: EarlierGallery[] = [];
    for await (const { key, versionId } of this.#bucket.list({ prefix: KEY, allVersions: true })) {
      if (key !== KEY || versionId === current?.versionId) continue;
      const erase = (): Promise<void> => this.#bucket.delete(KEY, { versionId });
      earlier.push({ ...(await this.#readable(versionId)), erase });
    }
    return earlier;
  }

  /** Applies a change to the current gallery and stores the outcome, whoever else does the same. */
  async update(change: (gallery: Gallery) => Gallery | Promise<Gallery>): Promise<Gallery> {
    for (;;) {
      const { gallery, etag } = await this.load();
      const changed = await change(gallery);
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

/** Reads the gallery, whichever model it was made with; anew only when it has changed. */
export function galleryReader(bucket: Pick<ObjectStore, 'head' | 'get'>): () => Promise<Gallery> {
  const empty = new Gallery(NO_MODEL, []);
  let known: StoredGallery = { gallery: empty };
  return async () => {
    const head = await bucket.head(KEY);
    if (head === undefined) return empty;
    if (head.etag === known.etag) return known.gallery;
    const { body, etag } = await bucket.get(KEY);
    known = { etag, gallery: decodeGallery(body) };
    return known.gallery;
  };
}
