import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';

import { answerTo, BucketNotVersionedError } from '../../adapters/aws/errors.ts';
import { wantedBuckets } from '../../provision/buckets.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, ok } from '../check.ts';
import { missingOf } from './missing.ts';

/** Whether the buckets are there, and keep versions. */
export function bucketsCheck(site: Site): Check {
  const { inputBucket, outputBucket, galleryBucket } = site.names;
  return {
    name: 'buckets',
    async look() {
      const missing = await missingOf(site.names, wantedBuckets(site));
      if (missing !== undefined) return missing;
      for (const Bucket of [inputBucket, outputBucket, galleryBucket]) {
        const { Status } = await answerTo(
          { action: 's3:GetBucketVersioning', resource: Bucket },
          site.clients.s3.send(new GetBucketVersioningCommand({ Bucket })),
        );
        if (Status !== 'Enabled') throw new BucketNotVersionedError(Bucket);
      }
      return ok('All three are there and keep versions.');
    },
  };
}
