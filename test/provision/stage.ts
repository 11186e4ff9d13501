import { afterAll, beforeAll } from 'vitest';

import { planFleet, provision, type ProvisionWish } from '../../src/provision/provision.ts';
import { type FleetNames, openSite, type Site } from '../../src/provision/site.ts';
import { useEndpoint } from '../adapters/aws/environment.ts';
import { startRecorder, type WireAnswer, type WireCall } from '../aws-recorder.ts';
import { quotaAnswer, ReadyWorkers, TaggedSnapshots } from '../moto-gaps.ts';
import { startMoto } from '../moto.ts';
import { imageIn } from './fleet-in-use.ts';

/** moto, with what it lacks: a quota of vCPUs, workers that become ready, and mishaps. */
export interface Stage {
  /** moto itself: calls of it are none of those that are counted. */
  url: string;
  /** An image that instances can be made of. */
  imageId: string;
  /** vCPUs that the account may run. */
  quota: number;
  /** Whether workers become ready; they are so as soon as their instance is launched. */
  areWorkersFine: boolean;
  /** The answer to the last of these calls is not heard, and none goes out after it: death by `kill -9`. */
  callsLeft: number;
  /** Which calls those are; every one unless set. */
  isCounted: (call: WireCall) => boolean;
  /** Called before a call goes out; what it says is answered in the place of AWS. */
  mishap:
    | ((call: WireCall) => WireAnswer | undefined | Promise<WireAnswer | undefined>)
    | undefined;
}

export const namesOf = (fleet: string): FleetNames => ({
  fleet,
  requestQueue: `${fleet}-req-queue`,
  responseQueue: `${fleet}-resp-queue`,
  eventsQueue: `${fleet}-events-queue`,
  deadLetterQueue: `${fleet}-dead-letter-queue`,
  inputBucket: `${fleet}-in-bucket`,
  outputBucket: `${fleet}-out-bucket`,
  galleryBucket: `${fleet}-gallery-bucket`,
});

/** Sets the stage for the tests of a file. */
export function useStage(): Stage {
  const stage: Stage = {
    url: '',
    imageId: '',
    quota: 1000,
    areWorkersFine: true,
    callsLeft: Infinity,
    isCounted: () => true,
    mishap: undefined,
  };
  let end: () => Promise<void>;
  beforeAll(async () => {
    const moto = await startMoto(['sqs', 's3', 'ec2', 'iam', 'sts', 'tagging']);
    useEndpoint(moto.url);
    stage.url = moto.url;
    const workers = new ReadyWorkers(moto.url);
    const snapshots = new TaggedSnapshots(moto.url);
    stage.imageId = await withSite('anybody', imageIn);
    const recorder = await startRecorder(moto.url, {
      answer: async (call) =>
        stage.callsLeft === 0
          ? 'cut'
          : ((await stage.mishap?.(call)) ??
            quotaAnswer(call, stage.quota) ??
            snapshots.answer(call)),
      async heard(call, answer) {
        if (stage.areWorkersFine) await workers.heard(call, answer);
        if (stage.isCounted(call)) stage.callsLeft -= 1;
        return stage.callsLeft === 0 ? 'cut' : 'pass';
      },
    });
    useEndpoint(recorder.url);
    end = async () => {
      workers.close();
      snapshots.close();
      await recorder.stop();
      await moto.stop();
    };
  });
  afterAll(() => end());
  return stage;
}

/** Runs what is cut off after so many of the counted calls; resolves with how it ended. */
export async function cutAfter(
  stage: Stage,
  calls: number,
  run: () => Promise<unknown>,
): Promise<'done' | 'killed'> {
  stage.callsLeft = calls;
  try {
    await run();
    return stage.callsLeft > 0 ? 'done' : 'killed';
  } catch (error) {
    if (stage.callsLeft > 0) throw error;
    return 'killed';
  } finally {
    stage.callsLeft = Infinity;
  }
}

/** Whether a call is that action of a service that speaks the query protocol. */
export const isAction = ({ body }: WireCall, action: string): boolean =>
  body.startsWith(`Action=${action}&`) || body.includes(`&Action=${action}&`);

/** How EC2 refuses. */
export const ec2Error = (code: string, message: string, status = 400): WireAnswer => ({
  status,
  body:
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>` +
    '<RequestID>test</RequestID></Response>',
});

/** How IAM refuses. */
export const iamError = (code: string): WireAnswer => ({
  status: 403,
  body:
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error>` +
    '<RequestId>test</RequestId></ErrorResponse>',
});

/** How S3 refuses. */
export const s3Error = (status: number, code: string): WireAnswer => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
});

/** Whether a call changes something, and has not been made before. */
export function newChanges(): (call: WireCall) => boolean {
  const made = new Set<string>();
  return (call) => {
    const content = JSON.stringify(call);
    if (!isChange(call) || made.has(content)) return false;
    made.add(content);
    return true;
  };
}

function isChange({ service, method, target = '', body }: WireCall): boolean {
  if (service === 's3') return method !== 'GET' && method !== 'HEAD';
  const action = new URLSearchParams(body).get('Action') ?? target.split('.')[1] ?? '';
  return !/^(Describe|Get|List)/.test(action);
}

/** Opens a site, and closes it however `act` ends. */
export async function withSite<T>(fleet: string, act: (site: Site) => Promise<T>): Promise<T> {
  const site = openSite(namesOf(fleet));
  try {
    return await act(site);
  } finally {
    site.close();
  }
}

/** What `facefleet provision` does; resolves with what it told. */
export async function provisionFleet(
  stage: Stage,
  fleet: string,
  wish: Partial<ProvisionWish> = {},
): Promise<string[]> {
  const told: string[] = [];
  await withSite(fleet, async (site) => {
    const { imageId } = stage;
    const whole = { imageId, instanceType: 't3.small', count: 2, photoDays: 30, ...wish };
    await provision(site, await planFleet(site, whole), (what) => told.push(what));
  });
  return told;
}
