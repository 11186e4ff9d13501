import { createActor, toPromise } from 'xstate';

import { systemClock } from '../adapters/system-clock.ts';
import type { World } from '../bus/world.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { WorkerEmitted } from '../machines/worker-setup.ts';
import { workerSteps } from '../machines/worker-steps.ts';
import { workerMachine } from '../machines/worker.ts';
import { GalleryRepository } from '../people/gallery-repository.ts';
import { watchGallery } from '../people/gallery-watch.ts';
import { photoDecoder } from '../people/photo-decoder.ts';
import { createRecognizer } from '../recognition/recognizer.ts';
import { openTracing } from './tracing.ts';
import type { WorkerActivity } from './worker-activity.ts';

export interface WorkerProcess {
  /** Finish the photos in hand, take no more. */
  readonly drain: () => void;
  /** Resolves when the last slot has ended. */
  readonly done: Promise<'drained' | 'hung'>;
}

/** Starts a worker: one recogniser, one gallery in use, and as many worker machines as slots. */
export async function startWorker(
  world: World,
  config: Config<'modelsDir' | 'embedder' | 'slots' | 'visibilityTimeout'>,
  log: Logger,
  activity?: WorkerActivity,
): Promise<WorkerProcess> {
  const recognizer = await createRecognizer({
    modelsDir: config.modelsDir,
    embedderId: config.embedder,
  });
  const gallery = await watchGallery({
    repository: new GalleryRepository(world.galleryBucket, recognizer.embedder),
    clock: systemClock,
    onChange: ({ people, size }) =>
      log.info({ people: people.length, faces: size }, 'a new gallery is in use'),
    onFailure: (error) => log.error({ err: error }, 'the gallery could not be read'),
  });

  const tracer = await openTracing('worker', log);
  const machine = workerMachine.provide({
    actors: workerSteps({
      clock: systemClock,
      requests: world.requests,
      queues: world.queues,
      inputBucket: world.inputBucket,
      outputBucket: world.outputBucket,
      galleryBucket: world.galleryBucket,
      decode: photoDecoder(recognizer, gallery.current),
      visibilitySeconds: config.visibilityTimeout,
      tracer,
    }),
  });
  const slots = Array.from({ length: config.slots }, (_, index) => {
    const slot = createActor(machine, {
      clock: systemClock,
      input: { maxReceiveCount: world.requests.maxReceiveCount },
    });
    slot.on('*', (event) => {
      logEvent(log, event);
      activity?.note(index, event);
    });
    return slot.start();
  });

  const drain = (): void => {
    for (const slot of slots) slot.send({ type: 'DRAIN' });
  };
  const ended = slots.map(async (slot) => {
    const { reason } = await toPromise(slot);
    // A process with one hung slot is not to be trusted with more photos in the others.
    if (reason === 'hung') drain();
    return reason;
  });
  const close = async (): Promise<'drained' | 'hung'> => {
    const reasons = await Promise.all(ended);
    gallery.stop();
    // A hung recognition never gives its session back: waiting for it would hang the process too.
    if (reasons.includes('hung')) return 'hung';
    await Promise.all([recognizer.close(), tracer?.close()]);
    return 'drained';
  };
  return { drain, done: close() };
}

function logEvent(log: Logger, event: WorkerEmitted): void {
  switch (event.type) {
    case 'busy':
      log.debug({ requestId: event.requestId }, 'a photo is in hand');
      break;
    case 'idle':
    case 'draining':
      break;
    case 'failed': {
      const { type: _, error, ...about } = event;
      log.error({ err: error, ...about }, 'a step failed; it will be retried');
      break;
    }
  }
}
