import { createServer } from 'node:http';

import { Command } from 'commander';

import { openEventLog } from '../adapters/local/event-log-history.ts';
import { type Config, withSettings } from '../config.ts';
import { createReplayApp } from '../http/app.ts';
import { createLog } from '../log.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { listen, urlOf } from '../roles/web-door.ts';

const SETTINGS = ['host', 'port', 'logLevel'] as const;

export function replayCommand(): Command {
  const command = new Command('replay')
    .description(
      'open an event log on the fleet page: a folder data/events, or a file of JSON lines',
    )
    .argument('<log>', 'the folder or file')
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(path: string, config: Config<(typeof SETTINGS)[number]>): Promise<void> {
  const log = createLog(config, { role: 'replay' });
  const handle = createReplayApp(openEventLog(path), log).callback();
  const server = createServer((request, response) => void handle(request, response));
  await listen(server, config);
  onStopSignal(log, async () => {
    server.close();
    server.closeAllConnections();
  });
  process.stdout.write(`facefleet shows ${path} on ${urlOf(server)}/fleet\n`);
}
