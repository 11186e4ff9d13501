import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import { GalleryFormatError, GalleryModelMismatchError } from '../recognition/errors.ts';
import { decodeGallery, encodeGallery } from '../recognition/gallery-codec.ts';
import { Gallery, type EmbeddingModel } from '../recognition/gallery.ts';

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

/** The prefix of the keys of the photos that a person was enrolled with. */
export const photosOfPerson = (personId: string): string => `photos/${personId}/`;

/**
 * The current gallery, whichever model it was made with; nothing when none is stored.
 * @throws GalleryFormatError
 */
export async function storedGallery(bucket: ObjectStore): Promise<Gallery | undefined> {
  try {
    return decodeGallery((await bucket.get(KEY)).body);
  } catch (error) {
    if (error instanceof NoSuchKeyError) return undefined;
    throw error;
  }
}

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
    if (gallery.isOf(this.#model)) return gallery;
    if (gallery.size > 0) throw new GalleryModelMismatchError(gallery.model, this.#model);
    return new Gallery(this.#model, []);
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

/** Tells how many faces are enrolled, by whatever model; the gallery is read only when it has changed. */
export function gallerySizeOf(bucket: Pick<ObjectStore, 'head' | 'get'>): () => Promise<number> {
  let known = { etag: '', size: 0 };
  return async () => {
    const head = await bucket.head(KEY);
    if (head === undefined) return 0;
    if (head.etag === known.etag) return known.size;
    const { body, etag } = await bucket.get(KEY);
    known = { etag, size: decodeGallery(body).size };
    return known.size;
  };
}
