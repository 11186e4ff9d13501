import type { Command } from 'commander';
import { expect, it } from 'vitest';

import { facefleetProgram } from '../../src/cli/program.ts';
import { commandsIn, pageOf } from './commands.ts';

const PAGES = [
  'README.md',
  'docs/aws.md',
  'docs/http.md',
  'docs/visualizer.md',
  'models/README.md',
];

/** `facefleet` and its arguments, up to where the shell takes over. */
const CALL = /(?:^|[ (])facefleet ((?:[^#|&;)>'"]|'[^']*'|"[^"]*")*)/;

const calls = PAGES.flatMap((page) =>
  commandsIn(pageOf(page)).flatMap((line) => CALL.exec(line)?.[1]?.trim() ?? []),
);

it('finds the commands of the documents', () => {
  expect(calls.length).toBeGreaterThan(15);
});

it.each(calls)('the documents tell of facefleet %s as it is', async (call) => {
  const words = [...call.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, word]) => single ?? double ?? word ?? '',
  );
  // What a shell variable or a reader puts in.
  const args = words.map((word) => (/^(\$\w+|AMI)$/.test(word) ? 'ami-0123456789abcdef0' : word));
  const program = facefleetProgram();
  everyOf(program).forEach((command) =>
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .action(() => undefined),
  );
  await expect(program.parseAsync(args, { from: 'user' })).resolves.toBeDefined();
});

const everyOf = (command: Command): Command[] => [command, ...command.commands.flatMap(everyOf)];
