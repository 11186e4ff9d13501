import { AwsStore } from '../adapters/aws/store.ts';
import { readyKeyOf } from '../bus/object-key.ts';
import { consoleOf, launchBuilder, makeImage, removeBuilders, untilAvailable } from './builder.ts';
import { BakeInterruptedError, BuilderFailedError } from './errors.ts';
import type { Tell } from './fill-fleet.ts';
import { imagesOf } from './images.ts';
import { fleetOf, instancesOf, isThere, requireDone } from './instances.ts';
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
  await cleanUp(site);
  const made: string[] = [];
  try {
    return await Promise.race([make(site, wish, tell, made), aborted(signal)]);
  } catch (error) {
    await imagesOf(site).remove(made);
    throw error;
  } finally {
    await cleanUp(site);
  }
}

/** @param made - gets the id of the image as soon as there is one */
async function make(site: Site, wish: BakeWish, tell: Tell, made: string[]): Promise<string> {
  const { names, clients, clock } = site;
  tell('packing this checkout');
  const upload = await uploadPackage(await wish.pack(), names.galleryBucket, clients.s3);
  const { imageId, nodeVersion, nodeDist } = wish;
  const environment = workerEnvironment(names, await clients.ec2.config.region());
  const script = userData({ environment, install: { ...upload, nodeVersion, nodeDist } });
  const builder = await launchBuilder(site, { imageId, userData: script });
  tell(`${builder} installs it, which takes some minutes`);
  const [failed] = await untilReady([builder], {
    clock,
    outputBucket: new AwsStore(names.outputBucket, clients.s3),
    patienceMs: READY_WITHIN_MS,
    lost: (ids) => endedOf(site, ids),
  });
  if (failed !== undefined) throw new BuilderFailedError(failed, await consoleOf(site, failed));
  tell(`${builder}: its worker is ready; an image is made of it`);
  requireDone(await fleetOf(site).stop([builder]));
  const image = await makeImage(site, builder, wish.name);
  made.push(image);
  await untilAvailable(site, image);
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

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new BakeInterruptedError()), { once: true });
  });

/** Those that run no more. */
async function endedOf(site: Site, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const active = (await instancesOf(site)).filter(
    (instance) => isThere(instance) && /^(pending|running)$/.test(instance.State?.Name ?? ''),
  );
  return new Set(ids.filter((id) => !active.some(({ InstanceId }) => InstanceId === id)));
}
