import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { instancesOf, isThere } from '../../src/provision/instances.ts';
import { useEndpoint } from '../adapters/aws/environment.ts';
import { startRecorder } from '../aws-recorder.ts';
import '../counted.ts';
import { quotaAnswer } from '../moto-gaps.ts';
import { isMotoInstalled, startMoto } from '../moto.ts';
import { anotherPhotoOf, type Portrait, portraitsOf, writePeople } from '../portraits.ts';
import { imageIn, otherImageIn } from '../provision/fleet-in-use.ts';
import { withSite } from '../provision/stage.ts';
import { type Agent, startAgent } from './aws-agent.ts';
import { FollowedMessages, HonestStates } from './aws-workers.ts';
import { facefleet, type Service, startPart, upload } from './service.ts';

/** `npm run test:aws:roll`: a minute or two, for `roll` waits for a controller's last command. */
const isWanted = process.env['FACEFLEET_ROLL'] === 'yes' && isMotoInstalled;

const FLEET = 'rolled-at-work';
const SETTINGS = ['--world', 'aws', '--name', FLEET];
const INSTANCES = 4;
/** More than there are instances, so that each has a photo in hand or in sight all the time. */
const CLIENTS = 6;
/** Between two uploads of a client, so that two cores are enough for all of it. */
const PAUSE_MS = 200;

describe.runIf(isWanted)('roll', () => {
  let root: string;
  let agent: Agent | undefined;
  let end: () => Promise<void>;
  const messages = new FollowedMessages(`${FLEET}-req-queue`);
  const states = new HonestStates(() => agent?.workers ?? new Map());
  let portraits: Portrait[];
  let photos: Uint8Array[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'facefleet-roll-'));
    portraits = await portraitsOf(5);
    photos = await Promise.all(portraits.map(anotherPhotoOf));
    await writePeople(join(root, 'people'), portraits);
    const moto = await startMoto(['sqs', 's3', 'ec2', 'iam', 'sts', 'tagging']);
    useEndpoint(moto.url);
    agent = startAgent({ name: FLEET, logFile: join(root, 'workers.log') });
    const recorder = await startRecorder(moto.url, {
      answer: (call) => quotaAnswer(call, 64) ?? states.answer(call),
      async heard(call, answer) {
        messages.heard(call, answer);
        return 'pass';
      },
      told: (call, answer) => states.told(call, answer),
    });
    useEndpoint(recorder.url);
    end = async () => {
      await agent?.stop();
      await recorder.stop();
      await moto.stop();
      await rm(root, { recursive: true, force: true });
    };
  });
  afterAll(() => end());

  it('replaces a fleet at work, and every upload is answered rightly and without a wait', async ({
    task,
  }) => {
    const [image, other] = await withSite(FLEET, async (site) => [
      await imageIn(site),
      await otherImageIn(site),
    ]);
    await command('provision', '--image-id', image ?? '', '--count', String(INSTANCES), '--yes');
    await command('enroll', join(root, 'people'), '--world', 'aws');
    const web = await startPart('web', '--port', '0', ...SETTINGS);
    const all = String(INSTANCES);
    const limits = ['--min-instances', all, '--max-instances', all];
    const dataDir = ['--data-dir', join(root, 'data')];
    const controller = await startPart('controller', ...limits, ...dataDir, ...SETTINGS);
    const old = await idsThere();

    const uploads = keepUploading(web);
    await vi.waitFor(() => expect(agent?.workers.size).toBe(INSTANCES), {
      timeout: 120_000,
      interval: 200,
    });
    await command('roll', '--image-id', other ?? '', '--wave', '2');
    const rolled = uploads.count();
    const answers = await uploads.stop();
    await Promise.all([web.stop(), controller.stop()]);

    expect(answers.filter(({ right, got }) => got !== right)).toEqual([]);
    expect(states.cutOff).toEqual([]);
    expect(messages.timedOut).toEqual([]);
    expect(messages.received.size).toBe(answers.length);
    const now = await idsThere();
    expect(now).toHaveLength(INSTANCES);
    expect(now.filter((id) => old.includes(id))).toEqual([]);
    task.meta.counted =
      `roll: ${INSTANCES} instances at work replaced, ${answers.length} uploads (${rolled} by the ` +
      `end of it) all answered rightly, ${messages.givenBack} given back, 0 waited`;
  }, 600_000);

  async function command(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await facefleet(...args, '--name', FLEET);
    expect(code, stdout + stderr).toBe(0);
    process.stdout.write(stdout);
  }

  /** Clients that upload one photo after another. */
  function keepUploading({ url }: Service) {
    const answers: { right: string; got: string }[] = [];
    const end = new AbortController();
    const client = async (number: number): Promise<void> => {
      for (let i = number; !end.signal.aborted; i += CLIENTS) {
        const right = `${i}.jpg:${portraits[i % portraits.length]?.name}\n`;
        const photo = photos[i % photos.length] ?? new Uint8Array();
        const got = await upload(url, { [`${i}.jpg`]: photo }).then(
          ({ text }) => text,
          (error: unknown) => String(error),
        );
        answers.push({ right, got });
        await wait(PAUSE_MS);
      }
    };
    const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
    return {
      count: () => answers.length,
      async stop() {
        end.abort();
        await Promise.all(clients);
        return answers;
      },
    };
  }
});

const idsThere = () =>
  withSite(FLEET, async (site) =>
    (await instancesOf(site)).filter(isThere).map(({ InstanceId = '' }) => InstanceId),
  );
