import { Gallery } from '../src/recognition/gallery.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import type { Recognizer } from '../src/recognition/recognizer.ts';
import { toPlanarRgb } from '../src/recognition/resample.ts';
import { progressBar } from './progress.ts';
import { median, rounded } from './statistics.ts';

/** What to measure; it is sent to this process, which does nothing else, so its memory tells. */
export interface RecognitionRun {
  readonly modelsDir: string;
  readonly embedderId?: string;
  readonly photos: readonly Uint8Array[];
  readonly largePhoto: Uint8Array;
  readonly rounds: number;
}

const LARGE_RUNS = 15;

/** How many photos are in flight when throughput is measured, as in a worker. */
const IN_FLIGHT = 2;

const MEASURED_STAGES = ['decode', 'detect', 'landmarks', 'align', 'embed'] as const;

process.once('message', (run: RecognitionRun) => {
  void measure(run).then((figures) => process.send?.(figures, () => process.disconnect()));
});

async function measure(run: RecognitionRun): Promise<Readonly<Record<string, number | string>>> {
  const { photos, largePhoto, rounds, ...models } = run;
  const times = new Map<string, number[]>(MEASURED_STAGES.map((stage) => [stage, []]));
  const note: NoteTime = (stage, milliseconds) => times.get(stage)?.push(milliseconds);
  const recognizer = await createRecognizer(models);

  await timeEach(recognizer, photos, note);
  for (const list of times.values()) list.length = 0;
  const totals: number[] = [];
  const progress = progressBar('rounds', rounds);
  for (let round = 0; round < rounds; round++) {
    totals.push(...(await timeEach(recognizer, photos, note)));
    progress.increment();
  }
  progress.stop();
  const byStage = [...times].map(([stage, list]) => [`${stage}Ms`, rounded(median(list), 2)]);
  const decode12MpMs = await timeDecodingForDetection(recognizer, largePhoto);
  const photosPerSecond = await throughput(recognizer, photos, rounds);
  await recognizer.close();
  return {
    embedder: recognizer.embedder.id,
    photos: photos.length,
    totalMs: rounded(median(totals), 2),
    ...(Object.fromEntries(byStage) as Record<string, number>),
    decode12MpMs: rounded(decode12MpMs, 1),
    photosPerSecond: rounded(photosPerSecond, 1),
    rssMb: rounded(process.resourceUsage().maxRSS / 1024, 0),
  };
}

type NoteTime = (stage: string, milliseconds: number) => void;

async function recognise(
  recognizer: Recognizer,
  bytes: Uint8Array,
  note?: NoteTime,
): Promise<void> {
  const { id, width } = recognizer.embedder;
  const start = performance.now();
  const photo = await recognizer.decode(bytes);
  note?.('decode', performance.now() - start);
  await recognizer.recognize(photo, new Gallery({ id, width }, []), note);
}

async function timeEach(
  recognizer: Recognizer,
  photos: readonly Uint8Array[],
  note: NoteTime,
): Promise<number[]> {
  const times: number[] = [];
  for (const bytes of photos) {
    const start = performance.now();
    await recognise(recognizer, bytes, note);
    times.push(performance.now() - start);
  }
  return times;
}

/** From the bytes of a file to what the detector's finest pass takes in. */
async function timeDecodingForDetection(
  recognizer: Recognizer,
  bytes: Uint8Array,
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < LARGE_RUNS; run++) {
    const start = performance.now();
    const { bitmap } = (await recognizer.decode(bytes)).preview;
    toPlanarRgb(bitmap, bitmap.width, bitmap.height);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Photos a second with several in flight. */
async function throughput(
  recognizer: Recognizer,
  photos: readonly Uint8Array[],
  rounds: number,
): Promise<number> {
  const waiting = Array.from({ length: rounds }, () => photos).flat();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await recognise(recognizer, next);
    }),
  );
  return (photos.length * rounds * 1000) / (performance.now() - start);
}
