import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { identityOf } from '../../src/adapters/local/process-identity.ts';
import { openProcessRegistry } from '../../src/adapters/local/process-registry.ts';
import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { packageRoot } from '../../src/package-root.ts';
import { anotherPhotoOf, type Portrait, portraitsOf, writePeople } from '../portraits.ts';
import { samplePhoto } from '../sample-photos.ts';
import { facefleet, run, type Service, startService, upload } from './service.ts';

let root: string;
let portraits: Portrait[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefleet-e2e-'));
  portraits = await portraitsOf(5);
});

afterAll(() => rm(root, { recursive: true, force: true }));

interface Fleet {
  readonly demand: { readonly visible: number; readonly inFlight: number };
}

const services: Service[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

let folders = 0;
const newFolder = (): string => join(root, `data-${++folders}`);

async function up(...args: string[]): Promise<Service> {
  const service = await startService(...args);
  services.push(service);
  return service;
}

async function enrol(dataDir: string, people: readonly Portrait[]): Promise<string> {
  const folder = await mkdtemp(join(root, 'people-'));
  await writePeople(folder, people);
  const { code, stdout, stderr } = await facefleet('enroll', folder, '--data-dir', dataDir);
  expect(code, stderr).toBe(0);
  return stdout;
}

const first = (): Portrait => portraits[0] as Portrait;

describe('facefleet up', () => {
  it('names the person on another photo, as text and as JSON', async () => {
    const dataDir = newFolder();
    expect(await enrol(dataDir, portraits)).toContain('5 faces enrolled');
    const { url } = await up('--data-dir', dataDir);

    for (const portrait of portraits) {
      const photo = await anotherPhotoOf(portrait);
      const { status, text } = await upload(url, { 'who is it.jpg': photo });
      expect({ status, text }).toEqual({ status: 200, text: `who is it.jpg:${portrait.name}\n` });
    }

    const group = await upload(url, { 'group.jpg': await samplePhoto(5) }, 'application/json');
    const { fileName, faces } = JSON.parse(group.text);
    expect(fileName).toBe('group.jpg');
    expect(faces.map(({ name }: { name: string }) => name)).toEqual(
      portraits.map(({ name }) => name),
    );
    expect(faces[0].similarity).toBeGreaterThan(0.8);
  });

  it('keeps the photo in the input bucket and the result in the output bucket', async () => {
    const dataDir = newFolder();
    const { url } = await up('--data-dir', dataDir);
    await upload(url, { 'kept.jpg': first().photo });
    const world = await openLocalWorld(dataDir);
    const stored = await world.inputBucket.get('kept.jpg');
    expect(Buffer.from(first().photo).equals(stored.body)).toBe(true);
    await vi.waitFor(async () => {
      const { body } = await world.outputBucket.get('kept.jpg');
      expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({
        fileName: 'kept.jpg',
        faces: [{ name: 'unknown' }],
      });
      expect(await world.requests.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    }, 30_000);
    await world.close();
  });

  it('tells Prometheus how it is', async () => {
    const dataDir = newFolder();
    await enrol(dataDir, portraits);
    const { url } = await up('--data-dir', dataDir, '--min-instances', '1');
    await upload(url, { 'a.jpg': first().photo });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('facefleet_gallery_faces 5');
    expect(text).toContain('facefleet_photos_total{outcome="recognised"} 1');
    expect(text).toContain('facefleet_queue_messages{queue="requests",state="visible"} 0');
    expect(text).toMatch(/facefleet_instances\{state="running"\} 1/);
    for (const stage of ['upload', 'send', 'wait', 'decode', 'store_photo', 'recognise', 'total']) {
      expect(text).toContain(`facefleet_stage_seconds_count{stage="${stage}"} 1`);
    }
    expect(text).toMatch(/process_resident_memory_bytes \d{7,}/);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('answers by way of the bucket when the photo does not fit into a message', async () => {
    const { url } = await up('--data-dir', newFolder());
    const large = await sharp(first().photo).resize(1200).png({ compressionLevel: 0 }).toBuffer();
    expect(large.length).toBeGreaterThan(2 ** 20);
    expect(await upload(url, { 'large.png': large })).toEqual({
      status: 200,
      text: 'large.png:unknown\n',
    });
  });

  it('uses a new gallery soon, without a restart', async () => {
    const dataDir = newFolder();
    const { url } = await up('--data-dir', dataDir, '--min-instances', '1');
    const photo = await anotherPhotoOf(first());
    expect((await upload(url, { 'a.jpg': photo })).text).toBe('a.jpg:unknown\n');
    await enrol(dataDir, [first()]);
    await vi.waitFor(
      async () =>
        expect((await upload(url, { 'a.jpg': photo })).text).toBe(`a.jpg:${first().name}\n`),
      { timeout: 30_000, interval: 100 },
    );
  });

  it('answers every photo although a worker is killed in the middle of one', async () => {
    const dataDir = newFolder();
    // Later than the deadline: what the dead worker had in hand must come back before.
    const args = ['--visibility-timeout', '150', '--min-instances', '1', '--max-instances', '1'];
    const { url } = await up('--data-dir', dataDir, ...args);
    const photo = await samplePhoto(6);
    await upload(url, { 'warm.jpg': photo });

    const uploads = Array.from({ length: 12 }, (_, index) =>
      upload(url, { [`${index}.jpg`]: photo }),
    );
    await vi.waitFor(
      async () => {
        const fleet = (await (await fetch(`${url}/v1/fleet`)).json()) as Fleet;
        expect(fleet.demand.inFlight).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 5 },
    );
    const processes = openProcessRegistry(dataDir);
    const victim = processes.get('worker-1');
    expect(victim).toBeDefined();
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await processes.close();

    const answers = await Promise.all(uploads);
    expect(answers).toEqual(
      answers.map((_, index) => ({ status: 200, text: `${index}.jpg:unknown\n` })),
    );
  });

  it('finishes the photos under way when told to stop, and leaves no process', async () => {
    const dataDir = newFolder();
    const service = await up('--data-dir', dataDir, '--max-instances', '2');
    const photo = await samplePhoto(6);
    const uploads = Array.from({ length: 6 }, (_, index) =>
      upload(service.url, { [`${index}.jpg`]: photo }),
    );
    // All of them wait while the workers still boot.
    const processes = openProcessRegistry(dataDir);
    let pids: number[] = [];
    await vi.waitFor(
      async () => {
        pids = ['worker-1', 'worker-2'].map((name) => processes.get(name)?.pid ?? 0);
        expect(pids).not.toContain(0);
        const { demand } = (await (await fetch(`${service.url}/v1/fleet`)).json()) as Fleet;
        expect(demand).toEqual({ visible: 6, inFlight: 0 });
      },
      { timeout: 30_000, interval: 10 },
    );
    await processes.close();
    const { code } = await service.stop();
    expect(code).toBe(0);
    expect(await Promise.all(uploads)).toEqual(
      Array.from({ length: 6 }, (_, index) => ({ status: 200, text: `${index}.jpg:unknown\n` })),
    );
    expect(pids.map(identityOf)).toEqual([undefined, undefined]);
  });

  it('does not wait for connections that carry no request', async () => {
    const service = await startService('--data-dir', newFolder());
    const silent = connect(Number(new URL(service.url).port), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    expect((await service.stop()).code).toBe(0);
  });

  it('says why its workers die when a model is damaged while it runs', async () => {
    const models = await modelsFolder();
    const args = ['--data-dir', newFolder(), '--models-dir', models, '--max-instances', '1'];
    const { url } = await up(...args);
    await truncate(join(models, 'mobilefacenet.onnx'), 2_000_000);
    const leaving = new AbortController();
    const answer = upload(url, { 'a.jpg': first().photo }, 'text/plain', leaving.signal);
    answer.catch(() => {});

    await vi.waitFor(
      async () => {
        const response = await fetch(`${url}/readyz`);
        expect(response.status).toBe(503);
        expect(await response.text()).toMatch(/worker-1 ends again and again: .*mobilefacenet/);
      },
      { timeout: 40_000, interval: 200 },
    );
    const { stdout } = await facefleet('fleet', '--url', url);
    expect(stdout).toMatch(/worker-1: its worker ended by itself \d+ times .*\n.*mobilefacenet/);
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
  });

  it('finds its workers again after it was killed', async () => {
    const dataDir = newFolder();
    const killed = await startService('--data-dir', dataDir, '--min-instances', '1');
    await upload(killed.url, { 'a.jpg': first().photo });
    const processes = openProcessRegistry(dataDir);
    const before = processes.get('worker-1');
    await killed.kill();
    const { url } = await up('--data-dir', dataDir, '--min-instances', '1');
    expect((await upload(url, { 'b.jpg': first().photo })).text).toBe('b.jpg:unknown\n');
    expect(processes.get('worker-1')).toMatchObject({
      pid: before?.pid,
      startTime: before?.startTime,
    });
    await processes.close();
  });
});

describe('facefleet enroll', () => {
  it('is safe to run twice, and says what it skipped and why', async () => {
    const dataDir = newFolder();
    const folder = join(root, 'mixed');
    await writePeople(folder, [first()]);
    await mkdir(join(folder, 'Nobody'));
    await writeFile(join(folder, 'Nobody', 'wall.png'), await plainImage());
    await writeFile(join(folder, 'Nobody', 'notes.txt'), 'no photo');
    await writeFile(join(folder, 'Nobody', 'group.jpg'), await samplePhoto(5));

    const once = await facefleet('enroll', folder, '--data-dir', dataDir);
    expect(once.code).toBe(0);
    expect(once.stdout).toContain('1 face enrolled, 0 were there already, 3 photos skipped');
    expect(once.stdout).toContain('wall.png: There is no face on it.');
    expect(once.stdout).toMatch(/notes\.txt: .+/);
    const twice = await facefleet('enroll', folder, '--data-dir', dataDir);
    expect(twice.stdout).toContain('0 faces enrolled, 1 was there already, 3 photos skipped');
    expect(twice.stdout).toContain(`The gallery in ${dataDir} now knows 1 person.`);
  });

  it('keeps at Ctrl-C what is in hand, and leaves the rest to the next time', async () => {
    const folder = await mkdtemp(join(root, 'interrupted-'));
    const photos = portraits.slice(0, 3).map(({ photo }) => photo);
    // Photos that come as slowly as the test writes them.
    const pipes = ['Ada_1.jpg', 'Bob_1.jpg'].map((name) => join(folder, name));
    await promisify(execFile)('mkfifo', pipes);
    await writeFile(join(folder, 'Eve_1.jpg'), photos[2] ?? '');
    const settings = ['--data-dir', newFolder()];
    const { interrupt, finished } = run('enroll', folder, ...settings);
    // A pipe opens when it is read.
    const writers = await Promise.all(pipes.map((pipe) => open(pipe, 'w')));
    interrupt();
    for (const [index, writer] of writers.entries()) {
      await writer.writeFile(photos[index] ?? '');
      await writer.close();
    }
    const interrupted = await finished;
    expect(interrupted.stdout).toContain('New in the gallery: Ada, Bob.');
    expect(interrupted.stdout).toMatch(/1 photo left: run it again to go on\.\n$/);
    expect(interrupted.code).toBe(130);
    await Promise.all(pipes.map((pipe) => rm(pipe)));
    const { code, stdout } = await facefleet('enroll', folder, ...settings);
    expect(stdout).toContain('New in the gallery: Eve.');
    expect(code).toBe(0);
  });

  it('says in one sentence that there is nothing to enrol', async () => {
    const { code, stderr } = await facefleet(
      'enroll',
      join(root, 'nowhere'),
      '--data-dir',
      newFolder(),
    );
    expect(code).toBe(1);
    expect(stderr).toBe(`facefleet: ${join(root, 'nowhere')} is not a folder.\n`);
  });
});

const oneSentence = (stderr: string): string => {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
};

describe('what cannot start says so in one sentence', () => {
  it('a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await facefleet('up', '--port', `${port}`, '--data-dir', newFolder());
    taken.close();
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
  });

  it('a data folder that cannot be written', async () => {
    const file = join(root, 'a-file');
    await writeFile(file, '');
    const { code, stderr } = await facefleet('up', '--port', '0', '--data-dir', join(file, 'data'));
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain('cannot be written');
  });

  it('a data folder that another service uses', async () => {
    const dataDir = newFolder();
    const { pid } = await up('--data-dir', dataDir);
    const { code, stderr } = await facefleet('up', '--port', '0', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain(`in use by another facefleet service (process ${pid})`);
  });

  it('a missing model', async () => {
    const models = join(root, 'no-models');
    await mkdir(models);
    const args = ['--port', '0', '--data-dir', newFolder(), '--models-dir', models];
    const { code, stderr } = await facefleet('up', ...args);
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain('manifest.json');
  });

  it.each(['up', 'controller', 'worker'])('%s with a model that was cut off', async (command) => {
    const models = await modelsFolder();
    await truncate(join(models, 'mobilefacenet.onnx'), 2_000_000);
    const args = ['--data-dir', newFolder(), '--models-dir', models];
    const { code, stderr } = await facefleet(command, ...args);
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain(`${join(models, 'mobilefacenet.onnx')} is damaged`);
  });

  it('an embedder that the gallery was not made with', async () => {
    const dataDir = newFolder();
    await enrol(dataDir, [first()]);
    const args = ['--port', '0', '--data-dir', dataDir, '--embedder', 'fr_feature'];
    const { code, stderr } = await facefleet('up', ...args);
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain('"mobilefacenet"');
  });

  it('an empty setting', async () => {
    const { code, stderr } = await facefleet('up', '--host', '');
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain('must not be empty');
  });

  it.each([
    { setting: '--port', value: 'eighty', wanted: 'from 0 to 65535' },
    { setting: '--max-instances', value: '0', wanted: 'from 1 to 19' },
  ])('$setting $value, which makes no sense', async ({ setting, value, wanted }) => {
    const { code, stderr } = await facefleet('up', setting, value);
    expect(code).toBe(1);
    expect(oneSentence(stderr)).toContain(setting);
    expect(oneSentence(stderr)).toContain(wanted);
  });
});

/** The models of a worker, in a folder of their own. */
async function modelsFolder(): Promise<string> {
  const folder = await mkdtemp(join(root, 'models-'));
  await cp(join(packageRoot, 'models'), folder, {
    recursive: true,
    filter: (file) => !/\.ts$|dlib|fr_feature/.test(file),
  });
  return folder;
}

describe('facefleet --help', () => {
  it('lists every command, and every setting with its variable and its default', async () => {
    const { stdout } = await facefleet('--help');
    for (const command of ['up', 'web', 'worker', 'controller', 'fleet', 'purge', 'enroll'])
      expect(stdout).toContain(`  ${command}`);
    const help = (await facefleet('up', '--help')).stdout;
    expect(help).toContain('--port <number>');
    expect(help).toContain('env: PORT');
    expect(help).toContain('default: 8000');
  });

  it('says that there is no such command', async () => {
    const { code, stdout, stderr } = await facefleet('peple', '--help');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("unknown command 'peple'");
    expect(stderr).toContain('people');
  });
});

const plainImage = (): Promise<Buffer> =>
  sharp({ create: { width: 300, height: 300, channels: 3, background: '#8899aa' } })
    .png()
    .toBuffer();
