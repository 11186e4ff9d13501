import { Gallery } from '../src/recognition/gallery.ts';
import { createRecognizer, type Recognizer } from '../src/recognition/recognizer.ts';

/** What the parent sends first. */
export interface BareRecogniserSetup {
  readonly modelsDir: string;
  readonly photos: readonly Uint8Array[];
}

/** Then any number of these: recognise for so long, with so many photos in flight. */
export interface BareRecogniserRun {
  readonly forMs: number;
  readonly inFlight: number;
}

/** The milliseconds that each photo took. */
export type BareRecogniserTimes = readonly number[];

process.once('message', (setup: BareRecogniserSetup) => {
  void createRecognizer({ modelsDir: setup.modelsDir }).then((recognizer) => {
    const { id, width } = recognizer.embedder;
    const gallery = new Gallery({ id, width }, []);
    process.on('message', (run: BareRecogniserRun) => {
      void recogniseFor(run, recognizer, gallery, setup.photos).then((times) =>
        process.send?.(times),
      );
    });
    process.send?.('ready');
  });
});

let next = 0;

async function recogniseFor(
  { forMs, inFlight }: BareRecogniserRun,
  recognizer: Recognizer,
  gallery: Gallery,
  photos: readonly Uint8Array[],
): Promise<BareRecogniserTimes> {
  const end = performance.now() + forMs;
  const times: number[] = [];
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      const photo = photos[next++ % photos.length] as Uint8Array;
      await recognizer.recognize(await recognizer.decode(photo), gallery);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return times;
}
