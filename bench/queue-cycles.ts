import { median } from './statistics.ts';

/** A queue as a client of the benchmark uses it. */
export interface CycledQueue {
  send(body: string): Promise<void>;
  /** Waits for one message; resolves with its receipt handle. */
  receive(): Promise<string | undefined>;
  delete(receiptHandle: string): Promise<void>;
}

const WARM_UP_MS = 500;
const RUN_MS = 2000;
const RUNS = 3;

/**
 * How many times a second a message is sent, received and deleted, when so many clients do it one
 * step after the other, at the same time: the median of some runs.
 */
export async function cyclesPerSecond(
  queue: CycledQueue,
  clients: number,
  body: string,
): Promise<number> {
  await run(queue, clients, body, WARM_UP_MS);
  const rates: number[] = [];
  for (let i = 0; i < RUNS; i++) rates.push(await run(queue, clients, body, RUN_MS));
  return Math.round(median(rates));
}

async function run(
  queue: CycledQueue,
  clients: number,
  body: string,
  forMs: number,
): Promise<number> {
  const start = performance.now();
  let cycles = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - start < forMs) {
      await queue.send(body);
      const receiptHandle = await queue.receive();
      if (receiptHandle === undefined) throw new Error('A message that was sent did not arrive.');
      await queue.delete(receiptHandle);
      cycles++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (cycles / (performance.now() - start)) * 1000;
}
