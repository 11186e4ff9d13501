import { setTimeout as sleep } from 'node:timers/promises';

import { Command, Option } from 'commander';

import { FacefleetError } from '../bus/errors.ts';
import { fleetTable, type FleetAnswer } from './fleet-table.ts';

/** Thrown when the fleet cannot be asked. */
class FleetUnknownError extends FacefleetError {
  readonly code = 'fleet_unknown';
}

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
    .addOption(
      new Option('--url <url>', 'where the service listens')
        .env('FACEFLEET_URL')
        .default('http://127.0.0.1:8000'),
    )
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

async function ask(url: string): Promise<FleetAnswer> {
  const response = await get(url);
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as FleetAnswer;
  const message = (body as { error?: { message?: string } } | undefined)?.error?.message;
  throw new FleetUnknownError(message ?? `What listens on ${url} is no facefleet service.`);
}

async function get(url: string): Promise<Response> {
  if (!URL.canParse(url)) throw new FleetUnknownError(`--url must be a URL, and ${url} is none.`);
  try {
    return await fetch(new URL('/v1/fleet', url), { headers: { accept: 'application/json' } });
  } catch (cause) {
    throw new FleetUnknownError(
      `No service answers on ${url}. Start one with facefleet up, or name its address with --url.`,
      { cause },
    );
  }
}
