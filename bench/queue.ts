import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { openLocalQueues } from '../src/adapters/local/queues.ts';
import { systemClock } from '../src/adapters/system-clock.ts';
import { packageRoot } from '../src/package-root.ts';
import { startFauxqs } from './fauxqs.ts';
import { type CycledQueue, cyclesPerSecond } from './queue-cycles.ts';
import { rounded } from './statistics.ts';
import { measureSyncMs } from './sync-time.ts';

const CLIENTS = [1, 8, 64];

const { folder: parent, bytes } = new Command('bench:queue')
  .description(
    'How many times a second 1, 8 and 64 clients send a message durably, receive it and delete it:\n' +
      'in the local queue, and beside it in fauxqs, an SQS in memory, through the AWS SDK.',
  )
  .option('--folder <dir>', 'folder on the disk to measure', packageRoot)
  .option('--bytes <n>', 'size of a message', '20000')
  .parse()
  .opts<{ folder: string; bytes: string }>();

const body = 'x'.repeat(Number(bytes));
const folder = mkdtempSync(join(parent, '.bench-queue-'));
try {
  const syncMs = rounded(measureSyncMs(folder), 3);
  const local = await measureLocal();
  const fauxqs = await measureFauxqs();
  const figures = {
    cyclesPerSecond: local,
    fauxqsCyclesPerSecond: fauxqs,
    syncMs,
    messageBytes: body.length,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

async function measureLocal(): Promise<Record<string, number>> {
  const queues = await openLocalQueues({ folder, clock: systemClock });
  const queue = await queues.create('bench');
  const options = { max: 1, waitSeconds: 20, visibilitySeconds: 30 };
  const figures = await byClients('local queue', {
    send: (text) => queue.send(text),
    receive: async () => (await queue.receive(options))[0]?.receiptHandle,
    delete: (receiptHandle) => queue.delete([receiptHandle]),
  });
  await queues.close();
  return figures;
}

async function measureFauxqs(): Promise<Record<string, number>> {
  const { queue, stop } = await startFauxqs();
  const figures = await byClients('fauxqs', queue);
  stop();
  return figures;
}

async function byClients(name: string, queue: CycledQueue): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const clients of CLIENTS) {
    const rate = await cyclesPerSecond(queue, clients, body);
    figures[clients] = rate;
    process.stdout.write(`${name}, ${clients} clients: ${rate} cycles/s\n`);
  }
  return figures;
}
