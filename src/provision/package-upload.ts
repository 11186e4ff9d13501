import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { AwsStore } from '../adapters/aws/store.ts';
import { packageRoot } from '../package-root.ts';
import { NoCheckoutError } from './errors.ts';
import type { Download, Installation } from './user-data.ts';

/** Where it lies in the bucket for as long as an image is being made. */
const FOLDER = 'bake/';

/** How long a builder may take to fetch its package. */
const URL_SECONDS = 3600;

/** As the user data script wants it. */
export type UploadedPackage = Pick<Installation, 'package' | 'lock'>;

/**
 * Puts the package of this checkout and its lock file into a bucket. Whoever has their URLs can fetch
 * them for an hour.
 * @throws NoCheckoutError, ServiceUnavailableError
 */
export async function uploadPackage(
  packed: Buffer,
  bucket: string,
  s3: S3Client,
): Promise<UploadedPackage> {
  const store = new AwsStore(bucket, s3);
  const folder = `${FOLDER}${randomUUID()}`;
  const put = async (name: string, body: Buffer): Promise<Download> => {
    const key = `${folder}/${name}`;
    await store.put(key, body);
    return {
      url: await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: URL_SECONDS,
      }),
      sha256: createHash('sha256').update(body).digest('hex'),
    };
  };
  const lock = await readFile(join(packageRoot, 'package-lock.json')).catch(() => {
    throw new NoCheckoutError(packageRoot);
  });
  return {
    package: await put('package.tgz', packed),
    lock: await put('package-lock.json', lock),
  };
}

/** Removes every package of a bucket, also those of a run that was killed. */
export async function removePackages(bucket: string, s3: S3Client): Promise<void> {
  const store = new AwsStore(bucket, s3);
  for await (const { key } of store.list({ prefix: FOLDER, allVersions: true })) {
    await store.delete(key, { allVersions: true });
  }
}

/** What `npm pack` makes of this checkout as it is built, models and all. */
export async function packCheckout(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'facefleet-bake-'));
  try {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: packageRoot });
    const [{ filename = '' } = {}] = JSON.parse(stdout) as { filename?: string }[];
    return await readFile(join(folder, filename));
  } finally {
    await rm(folder, { recursive: true });
  }
}
