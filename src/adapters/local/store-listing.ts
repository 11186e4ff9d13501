import type { ObjectHead } from '../../bus/store.ts';
import { allVersions, type FoundVersion, currentVersion } from './store-operations.ts';
import type { StoreTables } from './store-tables.ts';

/** How many objects one look at the index lists. */
const PAGE = 500;

export interface Page {
  readonly heads: ObjectHead[];
  /** Where the next page goes on; absent at the end. */
  readonly last?: Buffer;
}

/** The objects after `after` whose keys begin with `prefix`, in the order of their keys' bytes. */
export function listPage(
  tables: StoreTables,
  prefix: Buffer,
  after: Buffer | undefined,
  withAllVersions: boolean,
): Page {
  const heads: ObjectHead[] = [];
  let last: Buffer | undefined;
  let count = 0;
  for (const { key, value: object } of tables.objects.getRange(rangeFrom(prefix, after))) {
    if (!key.subarray(0, prefix.length).equals(prefix)) return { heads };
    const current = currentVersion(tables, object);
    const versions = withAllVersions ? allVersions(tables, object) : current ? [current] : [];
    for (const version of versions) heads.push(headOf(key.toString(), version));
    last = key;
    count++;
  }
  return count === PAGE && last !== undefined ? { heads, last } : { heads };
}

export const headOf = (key: string, { version, content }: FoundVersion): ObjectHead => ({
  key,
  versionId: String(version),
  etag: content.etag,
  size: content.size,
  contentType: content.contentType,
  lastModified: content.lastModified,
});

function rangeFrom(prefix: Buffer, after: Buffer | undefined) {
  if (after !== undefined) return { start: after, exclusiveStart: true, limit: PAGE };
  return prefix.length > 0 ? { start: prefix, limit: PAGE } : { limit: PAGE };
}
