import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import '../counted.ts';
import { commandsIn, pageOf, partOf } from '../docs/commands.ts';
import { simulationAnswer } from '../moto-gaps.ts';
import { isMotoInstalled } from '../moto.ts';
import { anotherPhotoOf, portraitsOf, writePeople } from '../portraits.ts';
import { countsOf, lookAt } from '../provision/account.ts';
import { useStage } from '../provision/stage.ts';
import { startAgent } from './aws-agent.ts';
import { freePort } from './free-port.ts';
import { type Command, Terminal } from './terminal.ts';

/** `npm run test:aws:docs`: it takes some five minutes, for `roll` waits for a controller's last command. */
const isWanted = process.env['FACEFLEET_DOCS'] === 'walked' && isMotoInstalled;

const FLEET = 'myfaces';
const UP = 'npx facefleet up';
/** What cannot be run here, and why. */
const LEFT_OUT = new Map([['git pull && npm ci', 'it would change this checkout']]);
/** The only command that is to fail: there is no fleet yet. */
const FAILS = /^npx facefleet doctor/;

describe.runIf(isWanted)('docs/aws.md, word for word', () => {
  const stage = useStage();
  let folder: string;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    // As an account is where nobody asked for more yet.
    Object.assign(stage, { quota: 64, mishap: simulate });
    folder = await mkdtemp(join(tmpdir(), 'facefleet-docs-'));
    const bin = join(folder, 'node_modules', '.bin');
    await mkdir(bin, { recursive: true });
    await symlink(join(packageRoot, 'bin', 'facefleet.js'), join(bin, 'facefleet'));
    const [portrait] = await portraitsOf(5);
    if (portrait === undefined) throw new Error('There is no portrait.');
    await writePeople(join(folder, 'people'), [portrait]);
    await writeFile(join(folder, 'someone.jpg'), await anotherPhotoOf(portrait));
  });
  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function openTerminal(port: number): Promise<Terminal> {
    const { AWS_REGION: _, FACEFLEET_DOCS: __, ...env } = process.env;
    const PATH = [join(packageRoot, 'test/.cache/moto/bin'), env['PATH']].join(delimiter);
    const terminal = new Terminal({
      cwd: folder,
      env: { ...env, PATH, PORT: String(port), npm_config_loglevel: 'error' },
      answer: 'y',
    });
    terminals.push(terminal);
    await terminal.open();
    return terminal;
  }

  it('goes from an empty account to a running fleet, to a new image, and back', async ({
    task,
  }) => {
    const port = await freePort();
    const commands = commandsIn(
      partOf(
        pageOf('docs/aws.md'),
        '## From nothing to a running fleet',
        '## How it maps onto AWS',
      ),
    ).map((command) => command.replace('THIS-MACHINE:8000', `127.0.0.1:${port}`));
    const [operator, server] = [await openTerminal(port), await openTerminal(port)];
    const ends: Command[] = [];
    let rolled = {};
    for (const command of commands) {
      if (LEFT_OUT.has(command)) continue;
      if (command.startsWith('export ')) await server.run(command);
      if (command.startsWith(UP)) {
        server.type(`${command}\n`);
        await server.until(/facefleet is ready on http/);
        continue;
      }
      if (command.startsWith('npx facefleet deprovision')) {
        server.type('\u0003');
        await server.until(/<ended with 0>/);
      }
      // What moto's instances do not do. Their launch is for the stage.
      const agent = command.startsWith('curl')
        ? startAgent({ name: FLEET, logFile: join(folder, 'workers.log') })
        : undefined;
      const end = await operator.run(command);
      await agent?.stop();
      process.stdout.write(`$ ${end.line}\n${end.output}\n`);
      const isToFail = FAILS.test(command) && ends.length < 4;
      expect(end.status, end.output).toBe(isToFail ? 1 : 0);
      ends.push(end);
      if (command.startsWith('npx facefleet roll')) rolled = countsOf(await lookAt(FLEET));
    }
    expect(rolled).toMatchObject({ instances: 19, images: 2 });
    const answer = ends.find(({ line }) => line.startsWith('curl'));
    expect(answer?.output.trim()).toBe('someone.jpg:Person 5.1');
    expect(Object.values(countsOf(await lookAt(FLEET)))).toEqual(
      Array.from({ length: 10 }, () => 0),
    );
    task.meta.counted = `${ends.length + 1} commands of docs/aws.md did what it says, in its order`;
  }, 900_000);
});

const simulate = (call: Parameters<typeof simulationAnswer>[0]) =>
  simulationAnswer(call, () => true);
