import { type Clock, sleep } from '../bus/clock.ts';
import type { World } from '../bus/world.ts';
import type { Logger } from '../log.ts';
import { RequestRecords } from '../machines/request-records.ts';

export interface RetentionOptions {
  readonly clock: Clock;
  readonly world: Pick<World, 'expireVersions' | 'outputBucket'>;
  readonly days: number;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Whoever starts has better things to do. */
const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Erases, every hour, what is older than `days`: replaced photos and results, and results by request id.
 * Does nothing in a world whose buckets see to that by themselves.
 */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = keepErasing(options, stopped.signal);
  return {
    stop() {
      stopped.abort();
      return running;
    },
  };
}

async function keepErasing(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { clock, world, log } = options;
  if (world.expireVersions === undefined) return;
  await sleep(clock, FIRST_AFTER_MS, signal);
  while (!signal.aborted) {
    await erase(options, signal).catch((error: unknown) =>
      log.error({ err: error }, 'old versions could not be erased'),
    );
    await sleep(clock, EVERY_MS, signal);
  }
}

async function erase(
  { clock, world, days, log }: RetentionOptions,
  signal: AbortSignal,
): Promise<void> {
  const before = clock.now() - days * DAY_MS;
  const versions = (await world.expireVersions?.(before, signal)) ?? 0;
  const records = await new RequestRecords(world.outputBucket, clock).expire(before, signal);
  if (versions + records > 0) log.info({ versions, records, days }, 'what was too old is erased');
}
