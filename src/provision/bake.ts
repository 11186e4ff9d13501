import { AwsStore } from '../adapters/aws/store.ts';
import { readyKeyOf } from '../bus/object-key.ts';
import {
  type BuilderWish,
  consoleOf,
  launchBuilder,
  makeImage,
  removeBuilders,
  untilAvailable,
} from './builder.ts';
import { BakeInterruptedError, BuilderFailedError, NoFleetError } from './errors.ts';
import type { Tell } from './fill-fleet.ts';
import { surveyFor } from './ground.ts';
import { imagesOf } from './images.ts';
import { fleetOf, instancesOf, isThere, requireDone, untilAll } from './instances.ts';
import { newestContentOf } from './launch-template.ts';
import { removePackages, uploadPackage } from './package-upload.ts';
import { workerEnvironment } from './provision.ts';
import { untilReady } from './ready-workers.ts';
import type { Site } from './site.ts';
import { userData } from './user-data.ts';

export interface BakeWish {
  /** A stock image of Linux: with bash, curl, tar, systemd and cloud-init. */
  readonly imageId: string;
  /** What `npm pack` makes of this checkout. */
  readonly pack: () => Promise<Buffer>;
  /** Of the image that is made. */
  readonly name: string;
  /** What the builder installs: `v22.12.0`, from there. */
  readonly nodeVersion: string;
  readonly nodeDist: string;
}

/** Node and some five hundred packages are fetched, then the worker loads its models. */
const READY_WITHIN_MS = 1_200_000;

/**
 * Makes an image with this checkout in it: on an instance of the fleet's kind whose worker became
 * ready, and that is gone afterwards with all that was needed for it, however this ends.
 * @throws ProvisioningError, ServiceUnavailableError
 */
export async function bake(
  site: Site,
  wish: BakeWish,
  { tell, signal }: { readonly tell: Tell; readonly signal: AbortSignal },
): Promise<string> {
  const like = await newestContentOf(site);
  if (like.ImageId === undefined) throw new NoFleetError(site.names.fleet);
  const image = await surveyFor(site, like, wish.imageId);
  await cleanUp(site);
  const made: string[] = [];
  try {
    return await make(site, wish, { like, image, tell, made, unlessAborted: untilAborted(signal) });
  } catch (error) {
    await imagesOf(site).remove(made);
    throw error;
  } finally {
    await cleanUp(site);
  }
}

interface Making extends Pick<BuilderWish, 'like' | 'image'> {
  readonly tell: Tell;
  readonly unlessAborted: Wait;
  /** Gets the id of the image as soon as there is one. */
  readonly made: string[];
}

/** Waiting alone is cut short: a call that makes something is heard to its end, and what it made known. */
async function make(
  site: Site,
  { pack, name, nodeVersion, nodeDist }: BakeWish,
  { tell, made, unlessAborted, ...builderOf }: Making,
): Promise<string> {
  const { names, clients, clock } = site;
  tell('packing this checkout');
  const upload = await uploadPackage(await unlessAborted(pack()), names.galleryBucket, clients.s3);
  const environment = workerEnvironment(names, await clients.ec2.config.region());
  const script = userData({ environment, install: { ...upload, nodeVersion, nodeDist } });
  const builder = await launchBuilder(site, { ...builderOf, userData: script });
  tell(`${builder} installs it, which takes some minutes`);
  const ready = untilReady([builder], {
    clock,
    outputBucket: new AwsStore(names.outputBucket, clients.s3),
    patienceMs: READY_WITHIN_MS,
    lost: (ids) => endedOf(site, ids),
  });
  const [failed] = await unlessAborted(ready);
  if (failed !== undefined) throw new BuilderFailedError(failed, await consoleOf(site, failed));
  tell(`${builder}: its worker is ready; an image is made of it`);
  requireDone(await fleetOf(site).stop([builder]));
  await unlessAborted(untilAll(site, [builder], 'stopped'));
  const image = await makeImage(site, builder, name);
  made.push(image);
  await unlessAborted(untilAvailable(site, image));
  return image;
}

/** Removes what only the making of an image needs, also what a run that was killed has left. */
async function cleanUp(site: Site): Promise<void> {
  const { names, clients } = site;
  const outputBucket = new AwsStore(names.outputBucket, clients.s3);
  await removePackages(names.galleryBucket, clients.s3);
  for (const id of await removeBuilders(site)) {
    await outputBucket.delete(readyKeyOf(id), { allVersions: true });
  }
}

type Wait = <T>(waited: Promise<T>) => Promise<T>;

/** Waits, but no longer than until the signal. @throws BakeInterruptedError */
function untilAborted(signal: AbortSignal): Wait {
  const aborted = new Promise<never>((_, reject) => {
    const interrupt = (): void => reject(new BakeInterruptedError());
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
  aborted.catch(() => undefined);
  return (waited) => Promise.race([waited, aborted]);
}

/** Those that run no more. */
async function endedOf(site: Site, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const active = (await instancesOf(site)).filter(
    (instance) => isThere(instance) && /^(pending|running)$/.test(instance.State?.Name ?? ''),
  );
  return new Set(ids.filter((id) => !active.some(({ InstanceId }) => InstanceId === id)));
}
