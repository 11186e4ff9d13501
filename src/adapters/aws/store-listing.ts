import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

import type { ObjectEntry } from '../../bus/store.ts';
import { answerTo } from './errors.ts';

/** One version of an object, or a delete marker, which has no entry. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isCurrent: boolean;
  readonly entry?: ObjectEntry;
}

/**
 * Every version of the objects whose keys begin with `prefix`, page by page, in the order of the
 * keys' bytes, newest first; after those of a page its delete markers.
 */
export async function* listVersions(
  s3: S3Client,
  bucket: string,
  prefix: string,
): AsyncIterable<ListedVersion> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const command = new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      // XML cannot carry every character that a key may have.
      EncodingType: 'url',
      KeyMarker: page?.NextKeyMarker,
      VersionIdMarker: page?.NextVersionIdMarker,
    });
    page = await answerTo({ action: 's3:ListBucketVersions', resource: bucket }, s3.send(command));
    yield* versionsOf(page);
  } while (page.IsTruncated);
}

function versionsOf(page: ListObjectVersionsCommandOutput): ListedVersion[] {
  const { Versions = [], DeleteMarkers = [], EncodingType } = page;
  const keyOf = (key = ''): string =>
    EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;

  const versions = Versions.map(({ Key, VersionId = '', IsLatest, ...version }): ListedVersion => {
    const key = keyOf(Key);
    const entry = {
      key,
      versionId: VersionId,
      etag: version.ETag ?? '',
      size: version.Size ?? 0,
      lastModified: version.LastModified?.getTime() ?? 0,
    };
    return { key, versionId: VersionId, isCurrent: IsLatest === true, entry };
  });
  const markers = DeleteMarkers.map(({ Key, VersionId = '', IsLatest }): ListedVersion => ({
    key: keyOf(Key),
    versionId: VersionId,
    isCurrent: IsLatest === true,
  }));
  return [...versions, ...markers];
}
