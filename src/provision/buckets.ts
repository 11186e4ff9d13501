import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  type LifecycleRule,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';

import {
  AccessDeniedError,
  type AwsCall,
  answerTo,
  awsCodeOf,
  awsError,
} from '../adapters/aws/errors.ts';
import { AwsStore } from '../adapters/aws/store.ts';
import { answerUnless, patiently, saysOneOf } from './answers.ts';
import { BucketNameInvalidError, BucketNameTakenError } from './errors.ts';
import {
  fleetTags,
  type Kind,
  removeEach,
  requireFleetTag,
  type Resource,
  type Tag,
} from './resource.ts';
import type { Site } from './site.ts';
import { taggedNames } from './tagged.ts';

export const DEFAULT_PHOTO_DAYS = 30;

/** Id of the lifecycle rule by which photos and results expire. */
const PHOTOS_RULE = 'photos';

/** "General purpose bucket naming rules", as far as a name of ours can break them. */
const BUCKET_NAME = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;

/** Where buckets are made without saying so. */
const UNNAMED_REGION = 'us-east-1';

/**
 * The buckets of a fleet.
 * @param photoDays - after so many days a photo or a result is current no longer, and after as many
 *   more its last version is erased
 */
export function wantedBuckets(site: Site, photoDays = DEFAULT_PHOTO_DAYS): Resource[] {
  const { inputBucket, outputBucket, galleryBucket } = site.names;
  const earlier: LifecycleRule[] = [
    {
      ID: 'earlier-versions',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: photoDays },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    {
      ID: 'delete-markers',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      Expiration: { ExpiredObjectDeleteMarker: true },
    },
  ];
  const current: LifecycleRule = {
    ID: PHOTOS_RULE,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    Expiration: { Days: photoDays },
  };
  return [
    wantedBucket(site, inputBucket, '--input-bucket', [current, ...earlier]),
    wantedBucket(site, outputBucket, '--output-bucket', [current, ...earlier]),
    // Nobody's enrolment expires.
    wantedBucket(site, galleryBucket, '--gallery-bucket', earlier),
  ];
}

/** After how many days photos expire as it is now; `undefined` where nothing says so yet. */
export async function photoDaysOf(site: Site): Promise<number | undefined> {
  const { inputBucket } = site.names;
  const call = { action: 's3:GetLifecycleConfiguration', resource: inputBucket };
  const answer = await answerUnless(
    ['NoSuchBucket', 'NoSuchLifecycleConfiguration'],
    call,
    site.clients.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: inputBucket })),
  );
  return answer?.Rules?.find(({ ID }) => ID === PHOTOS_RULE)?.Expiration?.Days;
}

/** Every bucket that carries the tag, whatever its name. */
export function bucketsOf(site: Site): Kind {
  const { names, clients } = site;
  const { inputBucket, outputBucket, galleryBucket } = names;
  return {
    title: 'buckets with every version of every object',
    find: () =>
      taggedNames(site, 's3', [inputBucket, outputBucket, galleryBucket], (name) =>
        tagsOf(site, name),
      ),
    remove: (found) =>
      removeEach(found, async (name) => {
        const store = new AwsStore(name, clients.s3);
        // Who still writes to it while it is emptied is told to stop by the failure.
        const isPassing = saysOneOf('BucketNotEmpty', 'OperationAborted');
        const remove = async (): Promise<void> => {
          await store.purge();
          await clients.s3.send(new DeleteBucketCommand({ Bucket: name }));
        };
        await answerUnless(
          ['NoSuchBucket'],
          { action: 's3:DeleteBucket', resource: name },
          patiently(site.clock, isPassing, remove),
        );
      }),
  };
}

function wantedBucket(site: Site, name: string, flag: string, Rules: LifecycleRule[]): Resource {
  const { s3 } = site.clients;
  const title = `bucket ${name}`;
  const call = (action: string): AwsCall => ({ action, resource: name });
  return {
    title,
    async exists() {
      if (!BUCKET_NAME.test(name)) throw new BucketNameInvalidError(name, flag);
      const tags = await tagsOf(site, name).catch((error: unknown) => {
        throw error instanceof AccessDeniedError ? new BucketNameTakenError(name, flag) : error;
      });
      // A bucket cannot be made and tagged in one call: without a tag and empty, it may be half made.
      if (tags === undefined || (tags.length === 0 && (await isEmpty(site, name)))) return false;
      requireFleetTag(site.names, title, tags);
      return true;
    },
    async create() {
      const region = await s3.config.region();
      const command = new CreateBucketCommand({
        Bucket: name,
        ...(region !== UNNAMED_REGION && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      });
      try {
        await s3.send(command);
      } catch (error) {
        const code = awsCodeOf(error);
        if (code === 'BucketAlreadyExists') throw new BucketNameTakenError(name, flag);
        if (code === 'InvalidBucketName') throw new BucketNameInvalidError(name, flag);
        if (code !== 'BucketAlreadyOwnedByYou') throw awsError(error, call('s3:CreateBucket'));
      }
      const Tagging = { TagSet: fleetTags(site.names) };
      await answerTo(
        call('s3:PutBucketTagging'),
        s3.send(new PutBucketTaggingCommand({ Bucket: name, Tagging })),
      );
    },
    async configure() {
      await answerTo(
        call('s3:PutBucketPublicAccessBlock'),
        s3.send(
          new PutPublicAccessBlockCommand({
            Bucket: name,
            PublicAccessBlockConfiguration: {
              BlockPublicAcls: true,
              BlockPublicPolicy: true,
              IgnorePublicAcls: true,
              RestrictPublicBuckets: true,
            },
          }),
        ),
      );
      const encryption = {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
      };
      await answerTo(
        call('s3:PutEncryptionConfiguration'),
        s3.send(
          new PutBucketEncryptionCommand({
            Bucket: name,
            ServerSideEncryptionConfiguration: { Rules: [encryption] },
          }),
        ),
      );
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await answerTo(
        call('s3:PutBucketVersioning'),
        s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration })),
      );
      const LifecycleConfiguration = { Rules };
      await answerTo(
        call('s3:PutLifecycleConfiguration'),
        s3.send(
          new PutBucketLifecycleConfigurationCommand({ Bucket: name, LifecycleConfiguration }),
        ),
      );
    },
  };
}

/** `undefined` when there is no such bucket. */
async function tagsOf({ clients }: Site, name: string): Promise<Tag[] | undefined> {
  try {
    const { TagSet } = await clients.s3.send(new GetBucketTaggingCommand({ Bucket: name }));
    return TagSet ?? [];
  } catch (error) {
    const code = awsCodeOf(error);
    if (code === 'NoSuchTagSet') return [];
    if (code === 'NoSuchBucket') return undefined;
    throw awsError(error, { action: 's3:GetBucketTagging', resource: name });
  }
}

async function isEmpty({ clients }: Site, name: string): Promise<boolean> {
  const { Versions = [], DeleteMarkers = [] } = await answerTo(
    { action: 's3:ListBucketVersions', resource: name },
    clients.s3.send(new ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1 })),
  );
  return Versions.length + DeleteMarkers.length === 0;
}
