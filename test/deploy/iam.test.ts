import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type AwsClients, openClients } from '../../src/adapters/aws/clients.ts';
import { AwsFleet, FLEET_CALL_MS } from '../../src/adapters/aws/fleet.ts';
import { leasedFleet } from '../../src/adapters/aws/lease-guard.ts';
import { Lease } from '../../src/adapters/aws/lease.ts';
import { AwsQueues } from '../../src/adapters/aws/queues.ts';
import { AwsStore } from '../../src/adapters/aws/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { fleetChecks } from '../../src/doctor/aws/checks.ts';
import { bake } from '../../src/provision/bake.ts';
import { consoleOf } from '../../src/provision/builder.ts';
import { deprovision, inventory } from '../../src/provision/deprovision.ts';
import { idOf, instancesOf } from '../../src/provision/instances.ts';
import { policyFor } from '../../src/provision/policies.ts';
import { planFleet, provision } from '../../src/provision/provision.ts';
import { roll } from '../../src/provision/roll.ts';
import type { Site } from '../../src/provision/site.ts';
import { useEndpoint, useMoto } from '../adapters/aws/environment.ts';
import { type Recorder, startRecorder, type WireCall } from '../aws-recorder.ts';
import { facefleet, startPart, upload } from '../e2e/service.ts';
import { covers, permissionsOf } from '../iam-policy.ts';
import { quotaAnswer, ReadyWorkers, simulationAnswer, TaggedSnapshots } from '../moto-gaps.ts';
import { isMotoInstalled } from '../moto.ts';
import { portraitsOf, writePeople } from '../portraits.ts';
import { imageIn, useFleet } from '../provision/fleet-in-use.ts';
import { hurried } from '../provision/hurried.ts';
import { namesOf, withSite } from '../provision/stage.ts';

const NAME = 'facefleet';
const SETTINGS = ['--world', 'aws', '--name', NAME];

/** Each role signs by an access key id of its own. */
const POLICIES = {
  WEB: 'web-and-controller',
  WORKER: 'worker',
  PROVISIONING: 'provisioning',
} as const;
/** `test` may do whatever no role does. */
type Role = keyof typeof POLICIES | 'test';

describe.skipIf(!isMotoInstalled)('the policies of deploy/iam', () => {
  useMoto('sqs', 's3', 'ec2', 'iam', 'sts', 'tagging');
  let recorder: Recorder;
  let root: string;

  beforeAll(async () => {
    const moto = process.env['AWS_ENDPOINT_URL'] ?? '';
    const workers = new ReadyWorkers(moto);
    const snapshots = new TaggedSnapshots(moto);
    recorder = await startRecorder(moto, {
      answer: (call) =>
        quotaAnswer(call, 100) ?? simulationAnswer(call, () => true) ?? snapshots.answer(call),
      async heard(call, answer) {
        await workers.heard(call, answer);
        await fetchDownloads(call);
        return 'pass';
      },
    });
    useEndpoint(recorder.url);
    root = await mkdtemp(join(tmpdir(), 'facefleet-iam-'));
    await make();
    await renew();
    await serve(root);
    await withClients('WORKER', ({ sqs }) => giveUpPoll(sqs, `${NAME}-req-queue`));
    await scale();
    await leave();
    workers.close();
    snapshots.close();
  }, 240_000);
  afterAll(async () => {
    await recorder.stop();
    await rm(root, { recursive: true, force: true });
  });

  it.each(Object.entries(POLICIES))('allow all that %s does', (role, policy) => {
    const permissions = permissionsOf(policy);
    const calls = recorder.calls.filter(({ by }) => by === role);
    const missing = calls.filter((call) => !permissions.some((each) => covers(each, call)));
    expect(new Set(missing.map(({ action, resource }) => `${action} ${resource}`))).toEqual(
      new Set(),
    );
  });

  it.each(Object.entries(POLICIES))('allow nothing that %s does not do', (role, policy) => {
    const calls = recorder.calls.filter(({ by }) => by === role);
    const unused = permissionsOf(policy).filter(
      (permission) => !calls.some((call) => covers(permission, call)),
    );
    expect(unused).toEqual([]);
  });
});

/** "IAM and AWS STS quotas": characters of a managed policy, white space not counted. */
const LONGEST_POLICY = 6144;

it.each(Object.values(POLICIES))('the policy %s is short enough for IAM', (policy) => {
  expect(policyFor(policy, namesOf(NAME)).length).toBeLessThanOrEqual(LONGEST_POLICY);
});

/** Whatever is started or opened from now on acts in this role. */
function actAs(role: Role): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', role);
}

async function withClients(role: Role, act: (clients: AwsClients) => Promise<void>): Promise<void> {
  actAs(role);
  const clients = openClients();
  try {
    await act(clients);
  } finally {
    clients.destroy();
  }
}

/** Makes a fleet of one, adds one of another type in a subnet, and checks it all. */
async function make(): Promise<void> {
  await withSiteAs('PROVISIONING', async (site) => {
    const wish = {
      imageId: await imageIn(site),
      instanceType: 't3.small',
      count: 1,
    };
    await provision(site, await planFleet(site, wish), () => undefined);
    const subnetId = await subnetIn(site);
    const other = { ...wish, instanceType: 't3.medium', subnetId, count: 2 };
    await provision(site, await planFleet(site, other), () => undefined);
    for (const check of fleetChecks(site, 2)) {
      const { status, message } = await check.look();
      expect(status, `${check.name}: ${message}`).toBe('ok');
    }
  });
}

/** Makes an image, and the instances of it; one that failed would be asked for its console. */
async function renew(): Promise<void> {
  await withSiteAs('PROVISIONING', async (site) => {
    const wish = {
      imageId: await imageIn(site),
      pack: async () => Buffer.from('a package'),
      name: 'baked anew',
      nodeVersion: process.version,
      nodeDist: 'https://nodejs.org/dist',
    };
    const signal = new AbortController().signal;
    const imageId = await bake(hurried(site), wish, { tell: () => undefined, signal });
    await roll(hurried(site), { imageId, wave: 1 }, () => undefined);
    const [instance] = await instancesOf(site);
    await consoleOf(site, idOf(instance ?? {}));
  });
}

/** What a builder does by its user data. */
async function fetchDownloads({ body }: WireCall): Promise<void> {
  const encoded = new URLSearchParams(body).get('UserData') ?? '';
  const script = Buffer.from(encoded, 'base64').toString();
  for (const [, url = ''] of script.matchAll(/^fetch '(http:\S+)'/gm)) await fetch(url);
}

/** Removes the fleet, after a use that left something of every kind. */
async function leave(): Promise<void> {
  await withSiteAs('test', useFleet);
  await withClients('test', async ({ sqs }) => {
    const tags = { 'facefleet:fleet': NAME };
    await new AwsQueues(sqs, systemClock).create(`${NAME}-resp-queue-left`, { tags });
  });
  await withSiteAs('PROVISIONING', async (site) => {
    expect(await deprovision(await inventory(site), () => undefined)).toEqual([]);
  });
}

async function withSiteAs(role: Role, act: (site: Site) => Promise<void>): Promise<void> {
  actAs(role);
  await withSite(NAME, act);
}

async function subnetIn({ clients }: Site): Promise<string> {
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({}));
  return Subnets[0]?.SubnetId ?? '';
}

/** Enrols people, and takes photos by both ways: in the message, and in the bucket. */
async function serve(root: string): Promise<void> {
  const portraits = await portraitsOf(1);
  const { photo, name } = portraits[0] ?? {};
  if (photo === undefined || name === undefined) throw new Error('There is no portrait.');
  await writePeople(join(root, 'people'), portraits);
  actAs('WEB');
  const { code, stderr } = await facefleet('enroll', join(root, 'people'), ...SETTINGS);
  expect(code, stderr).toBe(0);

  const made = await facefleet('keys', 'add', 'test', '--role', 'admin', ...SETTINGS);
  expect(made.code, made.stderr).toBe(0);
  const authorization = `Bearer ${made.stdout.trim()}`;
  expect((await facefleet('keys', 'list', ...SETTINGS)).stdout).toContain('admin');

  await leaveDeadTier();
  actAs('WEB');
  const web = await startPart('web', ...SETTINGS, '--port', '0', '--own-response-queue', 'yes');
  const gone = upload(web.url, { 'gone.jpg': photo }, 'text/plain', AbortSignal.timeout(1500));
  await expect(gone).rejects.toMatchObject({ name: 'TimeoutError' });
  actAs('WORKER');
  const worker = await startPart('worker', ...SETTINGS, '--instance-id', 'i-1');
  expect((await upload(web.url, { 'small.jpg': photo })).status).toBe(200);
  const large = Buffer.concat([photo, Buffer.alloc(2 * 1024 * 1024)]);
  expect((await upload(web.url, { 'large.jpg': large })).status).toBe(200);
  await fetch(`${web.url}/v1/requests/${randomUUID()}`);
  await showPhoto(web.url, { authorization });
  await enrolAndErase(web.url, photo, { authorization });
  // The worker tells that it is idle a moment after the answer.
  await wait(1500);
  await worker.stop();
  for (const what of ['queues', 'buckets']) {
    const headers = { 'content-type': 'application/json', authorization };
    const body = JSON.stringify({ what });
    const url = `${web.url}/v1/admin/purge`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  }
  await web.stop();
  actAs('WEB');
  const erased = await facefleet('people', 'remove', name, '--yes', ...SETTINGS);
  expect(erased.code, erased.stderr).toBe(0);
}

/** Somebody looks at the photo that was sent last. */
async function showPhoto(url: string, headers: Record<string, string>): Promise<void> {
  const { requests } = (await (await fetch(`${url}/v1/requests?limit=1`, { headers })).json()) as {
    requests: { photo?: string }[];
  };
  expect((await fetch(`${url}${requests[0]?.photo}`, { headers })).status).toBe(200);
}

/** Somebody comes into the gallery by the API, and leaves it. */
async function enrolAndErase(
  url: string,
  photo: Uint8Array,
  key: Record<string, string>,
): Promise<void> {
  const created = await fetch(`${url}/v1/people`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...key },
    body: JSON.stringify({ name: 'Ada' }),
  });
  const person = `${url}${created.headers.get('location')}`;
  const enrolled = await fetch(`${person}/faces?confirm=yes`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', ...key },
    body: new Uint8Array(photo),
  });
  expect(enrolled.status).toBe(201);
  expect((await fetch(person, { method: 'DELETE', headers: key })).status).toBe(204);
}

const POLL = { max: 10, waitSeconds: 5, visibilitySeconds: 30 };

/** Empties the queue, then gives a poll up while it is out: what it brings is set visible again. */
async function giveUpPoll(sqs: AwsClients['sqs'], name: string): Promise<void> {
  const queue = await new AwsQueues(sqs, systemClock).open(name);
  await sendTo(name);
  for (let isEmpty = false; !isEmpty;) {
    const messages = await queue.receive({ ...POLL, waitSeconds: 0 });
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
    isEmpty = messages.length === 0;
  }
  const givenUp = new AbortController();
  const polling = queue.receive({ ...POLL, signal: givenUp.signal });
  await wait(200);
  givenUp.abort();
  await sendTo(name);
  await polling;
}

async function sendTo(name: string): Promise<void> {
  const role = process.env['AWS_ACCESS_KEY_ID'];
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  const clients = openClients();
  await (await new AwsQueues(clients.sqs, systemClock).open(name)).send('{}');
  clients.destroy();
  vi.stubEnv('AWS_ACCESS_KEY_ID', role);
}

/** A response queue whose web tier has been gone for two hours. */
async function leaveDeadTier(): Promise<void> {
  actAs('test');
  const clients = openClients();
  const queues = new AwsQueues(clients.sqs, systemClock);
  const seen = new Date(Date.now() - 7_200_000).toISOString();
  await queues.create(`${NAME}-resp-queue-dead`, { tags: { 'facefleet:seen': seen } });
  clients.destroy();
}

/** What a controller does to the fleet, and with its lease. */
async function scale(): Promise<void> {
  await withClients('WEB', async ({ ec2, s3, sqs }) => {
    await giveUpPoll(sqs, `${NAME}-events-queue`);
    await giveUpPoll(sqs, `${NAME}-resp-queue`);

    const lease = new Lease({
      store: new AwsStore(`${NAME}-gallery-bucket`, s3),
      key: 'controller-lease',
      holder: 'one',
      clock: systemClock,
      monotonic: () => uptime() * 1000,
      onAcquired: () => undefined,
      onLost: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    });
    lease.start();
    while (!lease.isHeldFor(FLEET_CALL_MS)) await wait(50);
    const fleet = leasedFleet(
      new AwsFleet({ ec2, name: NAME, clock: systemClock }),
      lease,
      FLEET_CALL_MS,
    );
    const ids = (await fleet.describe()).map(({ id }) => id);
    await fleet.start(ids);
    await fleet.stop(ids);
    await wait(5500);
    await lease.release();
  });
}
