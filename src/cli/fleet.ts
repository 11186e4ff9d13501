import { setTimeout as sleep } from 'node:timers/promises';

import { Command } from 'commander';

import { type FleetAnswer, fleetAnswer, fleetTable } from './fleet-table.ts';
import { askService, urlOption } from './service-client.ts';

interface FleetOptions {
  readonly url: string;
  readonly json?: true;
}

const LOOK_EVERY_MS = 1000;
const HOME = '\u001B[H';
const CLEAR_SCREEN = '\u001B[2J';
const CLEAR_LINE = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';

export function fleetCommand(): Command {
  return new Command('fleet')
    .description('show the instances of a running service, live in a terminal')
    .addOption(urlOption())
    .option('--json', 'write what GET /v1/fleet answers, once')
    .action(run);
}

async function run({ url, json }: FleetOptions): Promise<void> {
  if (json) {
    process.stdout.write(`${JSON.stringify(await ask(url), null, 2)}\n`);
    return;
  }
  if (!process.stdout.isTTY) {
    process.stdout.write(fleetTable(await ask(url), Date.now()));
    return;
  }
  process.stdout.write(CLEAR_SCREEN);
  for (;;) {
    const table = fleetTable(await ask(url), Date.now());
    process.stdout.write(`${HOME}${table.replaceAll('\n', `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`);
    await sleep(LOOK_EVERY_MS);
  }
}

const ask = (url: string): Promise<FleetAnswer> => askService(url, '/v1/fleet', fleetAnswer);
