import { type Clock, sleep } from '../bus/clock.ts';
import type { Gallery } from '../recognition/gallery.ts';
import type { GalleryRepository } from './gallery-repository.ts';

/** The gallery that is in use, kept current. */
export interface GalleryWatch {
  /** Always the whole of one version. */
  readonly current: () => Gallery;
  stop(): void;
}

export interface GalleryWatchOptions {
  readonly repository: GalleryRepository;
  readonly clock: Clock;
  readonly onChange: (gallery: Gallery) => void;
  /** The last good gallery stays in use. */
  readonly onFailure: (error: unknown) => void;
}

/** A new gallery is in use within two seconds: one to notice it, the rest to read it. */
const LOOK_EVERY_MS = 1000;

/** Loads the gallery and looks for a newer version every second. */
export async function watchGallery(options: GalleryWatchOptions): Promise<GalleryWatch> {
  const { repository, clock, onChange, onFailure } = options;
  const stopped = new AbortController();
  let inUse = await repository.load();

  const refresh = async (): Promise<void> => {
    if ((await repository.etag()) === inUse.etag) return;
    inUse = await repository.load();
    onChange(inUse.gallery);
  };
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await sleep(clock, LOOK_EVERY_MS, stopped.signal);
      await refresh().catch((error: unknown) => {
        // What is cut off by the stop is no failure.
        if (!stopped.signal.aborted) onFailure(error);
      });
    }
  };
  void look();

  return { current: () => inUse.gallery, stop: () => stopped.abort() };
}
