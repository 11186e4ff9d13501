import { readyKeyOf } from '../bus/object-key.ts';
import type { World } from '../bus/world.ts';
import type { Logger } from '../log.ts';

/**
 * Leaves word in the output bucket that the worker of an instance works. Its controller has it by the
 * events queue; this is for whoever launched the instance and must not take the controller's messages.
 */
export async function tellReady(
  { outputBucket }: Pick<World, 'outputBucket'>,
  instanceId: string,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const word = JSON.stringify({ readyAt: new Date().toISOString() });
  try {
    await outputBucket.put(readyKeyOf(instanceId), Buffer.from(word), {
      contentType: 'application/json',
    });
  } catch (error) {
    log.warn({ err: error }, 'no word could be left that this worker is ready');
  }
}
