import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { useMoto } from '../adapters/aws/environment.ts';
import { deploy } from '../aws-deployment.ts';
import { type Ec2Endpoint, startEc2 } from '../ec2/endpoint.ts';
import { isMotoInstalled } from '../moto.ts';
import { anotherPhotoOf, type Portrait, portraitsOf, writePeople } from '../portraits.ts';
import { type Agent, startAgent } from './aws-agent.ts';
import { type Watch, watchFleet } from './aws-watch.ts';
import { facefleet, type Service, startPart, upload } from './service.ts';

const PHOTOS = 100;
const POOL = 4;
const MAX_INSTANCES = 3;

/** How long an instance is pending, and stopping. */
const settling = (): number => 1000;

/** Of one test: a cold fleet, a lease to run out, and two shared cores. */
const TIMEOUT = { timeout: 240_000 };

describe.skipIf(!isMotoInstalled)('a fleet on AWS', () => {
  useMoto('sqs', 's3', 'ec2');
  let root: string;
  let portraits: Portrait[];
  let photos: Uint8Array[];
  let name: string;
  let fleets = 0;
  let ec2: Ec2Endpoint;
  let agent: Agent;
  let watch: Watch;
  const parts = new Set<Service>();

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'facefleet-aws-fleet-'));
    portraits = await portraitsOf(5);
    photos = await Promise.all(portraits.map(anotherPhotoOf));
    await writePeople(join(root, 'people'), portraits);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  afterEach(async () => {
    await Promise.all([...parts].map((part) => part.stop()));
    parts.clear();
    await agent.stop();
    await ec2.stop();
  });

  /** Queues, buckets, people, stopped instances, and an agent that runs their workers. */
  async function fleetOf(): Promise<void> {
    name = `fleet-${++fleets}`;
    await deploy(name);
    const settings = ['--world', 'aws', '--name', name];
    const { code, stderr } = await facefleet('enroll', join(root, 'people'), ...settings);
    expect(code, stderr).toBe(0);
    // Other than EC2, moto keeps the launch time of an instance that is started again.
    const behind = new MemoryFleet({
      clock: systemClock,
      size: POOL,
      bootMs: settling,
      stopMs: settling,
    });
    ec2 = await startEc2(behind, name);
    vi.stubEnv('AWS_ENDPOINT_URL_EC2', ec2.url);
    agent = startAgent({ name, logFile: join(root, `${name}.log`) });
    watch = await watchFleet(name);
  }

  async function start(part: 'web' | 'controller', ...args: string[]): Promise<Service> {
    const dataDir = join(root, `data-${name}-${parts.size}`);
    const settings = ['--world', 'aws', '--name', name, '--data-dir', dataDir];
    const started = await startPart(part, ...settings, ...args);
    parts.add(started);
    return started;
  }
  const startWeb = (...args: string[]) => start('web', '--port', '0', ...args);
  const startController = () => start('controller', '--max-instances', String(MAX_INSTANCES));

  /** Sends the burst to these web tiers in turn; resolves with what was answered. */
  const burst = (...tiers: readonly Service[]) =>
    Promise.all(
      Array.from({ length: PHOTOS }, (_, i) =>
        upload((tiers[i % tiers.length] as Service).url, {
          [`${i}.jpg`]: photos[i % photos.length] as Uint8Array,
        }),
      ),
    );

  const rightAnswers = () =>
    Array.from({ length: PHOTOS }, (_, i) => ({
      status: 200,
      text: `${i}.jpg:${portraits[i % portraits.length]?.name}\n`,
    }));

  /** The fleet went up to its cap and down again, and every photo and result is in its bucket. */
  async function expectUpAndDown(title: string): Promise<void> {
    await watch.until(({ running, results }) => running === 0 && results === PHOTOS);
    await watch.stop(title);
    const running = watch.samples.map((sample) => sample.running);
    expect([running[0], Math.max(...running), running.at(-1)]).toEqual([0, MAX_INSTANCES, 0]);
    expect(watch.samples.at(-1)).toMatchObject({
      waiting: 0,
      inFlight: 0,
      photos: PHOTOS,
      results: PHOTOS,
    });
  }

  it('follows a burst from none to many to none', TIMEOUT, async () => {
    await fleetOf();
    const [web] = await Promise.all([startWeb(), startController()]);
    expect(await burst(web)).toEqual(rightAnswers());
    await expectUpAndDown('One web tier, one controller');
  });

  it(
    'loses nothing with two web tiers, a killed worker, a killed controller',
    TIMEOUT,
    async () => {
      await fleetOf();
      const own = ['--own-response-queue', 'yes'];
      const [one, two, controller] = await Promise.all([
        startWeb(...own),
        startWeb(...own),
        startController(),
      ]);
      const answered = burst(one, two);
      await watch.until(({ results }) => results > 0);
      const [worker] = agent.workers.values();
      process.kill(worker ?? 0, 'SIGKILL');
      await controller.kill();
      parts.delete(controller);
      await startController();
      expect(await answered).toEqual(rightAnswers());
      await expectUpAndDown('Two web tiers; a worker and the controller killed');
    },
  );
});
