import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsQueues } from '../../src/adapters/aws/queues.ts';
import { AwsStore } from '../../src/adapters/aws/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { useEndpoint, useMoto } from '../adapters/aws/environment.ts';
import { keysOf, textOf } from '../adapters/store-contract.ts';
import { deploy } from '../aws-deployment.ts';
import { isMotoInstalled, startMoto } from '../moto.ts';
import { anotherPhotoOf, type Portrait, portraitsOf, writePeople } from '../portraits.ts';
import { freePort } from './free-port.ts';
import { facefleet, type Service, startListening, startPart, upload } from './service.ts';

/** Of one test: processes that start on shared cores. */
const TIMEOUT = { timeout: 180_000 };

/** A retry comes after half a minute at most. */
const PATIENCE = { timeout: 60_000, interval: 200 };

describe.skipIf(!isMotoInstalled)('on AWS', TIMEOUT, () => {
  useMoto('sqs', 's3');
  let root: string;
  let portraits: Portrait[];
  const parts: Service[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'facefleet-aws-'));
    portraits = await portraitsOf(5);
    await writePeople(join(root, 'people'), portraits);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  afterEach(async () => {
    await Promise.all(parts.splice(0).map((part) => part.stop()));
  });

  async function start(part: 'web' | 'worker', name: string, ...args: string[]): Promise<Service> {
    const settings = ['--world', 'aws', '--name', name, ...(part === 'web' ? ['--port', '0'] : [])];
    const started = await startPart(part, ...settings, ...args);
    parts.push(started);
    return started;
  }

  async function enrol(name: string): Promise<void> {
    const settings = ['--world', 'aws', '--name', name];
    const { code, stdout, stderr } = await facefleet('enroll', join(root, 'people'), ...settings);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('5 faces enrolled');
  }

  it('names people, and keeps photos and results in the buckets', async () => {
    await deploy('alpha');
    await enrol('alpha');
    const [{ url }] = await Promise.all([start('web', 'alpha'), start('worker', 'alpha')]);
    for (const portrait of portraits) {
      const photo = await anotherPhotoOf(portrait);
      const { status, text } = await upload(url, { [`${portrait.name}.jpg`]: photo });
      expect({ status, text }).toEqual({
        status: 200,
        text: `${portrait.name}.jpg:${portrait.name}\n`,
      });
    }
    const clients = openClients();
    const input = new AwsStore('alpha-in-bucket', clients.s3);
    const output = new AwsStore('alpha-out-bucket', clients.s3);
    expect(await keysOf(input)).toHaveLength(5);
    expect(JSON.parse(await textOf(output, 'Person 5.1.jpg'))).toMatchObject({
      faces: [{ name: 'Person 5.1' }],
    });
    clients.destroy();
  });

  it('erases people in every version', async () => {
    await deploy('erased');
    await enrol('erased');
    const settings = ['--world', 'aws', '--name', 'erased'];
    const { stdout } = await facefleet('people', 'list', '--json', ...settings);
    const [someone] = JSON.parse(stdout) as { name: string; id: string }[];
    if (someone === undefined) throw new Error('Nobody is enrolled.');
    const { code, stderr } = await facefleet(
      'people',
      'remove',
      someone.name,
      '--yes',
      ...settings,
    );
    expect(code, stderr).toBe(0);

    const clients = openClients();
    const gallery = new AwsStore('erased-gallery-bucket', clients.s3);
    const kept = new Set<string>();
    for await (const { key, versionId } of gallery.list({ allVersions: true })) {
      expect(key).not.toContain(someone.id);
      const { body } = await gallery.get(key, { versionId });
      expect(Buffer.from(body).includes(someone.id)).toBe(false);
      kept.add(key);
    }
    // The photos and faces of the other four, and the gallery.
    expect(kept.size).toBe(9);
    clients.destroy();
  });

  it('sends photos by way of the input bucket when the queue takes 1 KiB only', async () => {
    await deploy('small', { requestBytes: 1024 });
    const [{ url }] = await Promise.all([start('web', 'small'), start('worker', 'small')]);
    const { photo } = portraits[0] as Portrait;
    expect(await upload(url, { 'a.jpg': photo })).toEqual({ status: 200, text: 'a.jpg:unknown\n' });
  });

  it('gives each of several web tiers its own answers', async () => {
    await deploy('several');
    const own = ['--own-response-queue', 'yes'];
    const [one, two] = await Promise.all([
      start('web', 'several', ...own),
      start('web', 'several', ...own),
      start('worker', 'several', '--slots', '2'),
    ]);
    const { photo } = portraits[0] as Portrait;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        upload(i % 2 === 0 ? one.url : two.url, { [`${i}.jpg`]: photo }),
      ),
    );
    expect(answers.map(({ text }) => text)).toEqual(
      Array.from({ length: 10 }, (_, i) => `${i}.jpg:unknown\n`),
    );

    const clients = openClients();
    const queues = new AwsQueues(clients.sqs, systemClock);
    expect(await queues.list('several-resp-queue-')).toHaveLength(2);
    await Promise.all(parts.splice(0).map((part) => part.stop()));
    expect(await queues.list('several-resp-queue-')).toEqual([]);
    clients.destroy();
  });

  it.each([
    ['what is missing', 'nobody', /The (queue|bucket) "nobody-\S+" does not exist\. .*--name/],
    ['no region', 'alpha', /AWS_REGION/],
  ])('ends at the start with one line about %s', async (_, name, line) => {
    const region = name === 'nobody' ? 'eu-west-1' : '';
    vi.stubEnv('AWS_REGION', region);
    const { code, stderr } = await facefleet(
      'web',
      '--port',
      '0',
      '--world',
      'aws',
      '--name',
      name,
    );
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('listens at once, and is ready as soon as AWS can be reached', async () => {
    await deploy('late');
    const moto = process.env['AWS_ENDPOINT_URL'] ?? '';
    const door = createServer((socket) => {
      socket.pipe(connect(Number(new URL(moto).port), '127.0.0.1')).pipe(socket);
      socket.on('error', () => socket.destroy());
    });
    const port = await freePort();
    useEndpoint(`http://127.0.0.1:${port}`);
    const web = await startListening('--world', 'aws', '--name', 'late');
    parts.push(web);
    useEndpoint(moto);
    expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
    await vi.waitFor(async () => {
      const { status, reasons } = await readiness(web);
      expect(status).toBe(503);
      expect(reasons).toMatch('AWS cannot be reached for');
    }, PATIENCE);
    await expectUnavailable(web);
    door.listen(port, '127.0.0.1');
    await vi.waitFor(async () => expect((await readiness(web)).status).toBe(200), PATIENCE);
    await start('worker', 'late');
    const { photo } = portraits[0] as Portrait;
    expect(await upload(web.url, { 'a.jpg': photo })).toEqual({
      status: 200,
      text: 'a.jpg:unknown\n',
    });
    await Promise.all(parts.splice(0).map((part) => part.stop()));
    door.close();
  });

  it('answers 503 while AWS is out of reach', async () => {
    const moto = await startMoto(['sqs', 's3']);
    useEndpoint(moto.url);
    await deploy('cut');
    const web = await start('web', 'cut');
    await moto.stop();
    await expectUnavailable(web);
    expect((await readiness(web)).status).toBe(503);
    expect(JSON.stringify(web.log())).toMatch(
      /AWS cannot be reached for (s3:GetObject|sqs:SendMessage)/,
    );
    expect(JSON.stringify(web.log())).not.toMatch(/ {4}at /);
  });

  async function expectUnavailable({ url }: Service): Promise<void> {
    const { photo } = portraits[0] as Portrait;
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(photo)]), 'a.jpg');
    const response = await fetch(url, { method: 'POST', body: form });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.text()).toMatch('Send it again later.');
  }
});

async function readiness({ url }: Service): Promise<{ status: number; reasons: string }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, reasons: await response.text() };
}
