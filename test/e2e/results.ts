import { expect, vi } from 'vitest';

import type { LocalWorld } from '../../src/adapters/local/world.ts';

/** Whether a worker has had a file in hand so far that its photo is in the input bucket. */
export const isPhotoStored = async (world: LocalWorld, fileName: string): Promise<boolean> =>
  (await world.inputBucket.head(fileName)) !== undefined;

/** What the output bucket says of a file: the names on it, largest face first, or why there are none. */
export async function resultOf(world: LocalWorld, fileName: string): Promise<string | undefined> {
  if ((await world.outputBucket.head(fileName)) === undefined) return undefined;
  const { body } = await world.outputBucket.get(fileName);
  const result = JSON.parse(Buffer.from(body).toString()) as {
    fileName: string;
    faces?: { name: string }[];
    error?: { code: string };
  };
  if (result.fileName !== fileName) return `the result of ${result.fileName}`;
  return result.faces?.map(({ name }) => name).join(', ') ?? `error ${result.error?.code}`;
}

/** Waits until no request is left, neither waiting nor in hand. */
export async function untilDrained(world: LocalWorld): Promise<void> {
  await vi.waitFor(async () => expect(await requestsOf(world), 'requests left').toBe(0), {
    timeout: 30_000,
    interval: 50,
  });
}

/** How many requests there are, waiting or in hand. */
export async function requestsOf(world: LocalWorld): Promise<number> {
  const { visible, inFlight, delayed } = await world.requests.depth();
  return visible + inFlight + delayed;
}
