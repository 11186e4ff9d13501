import { dropVersion, isContent } from './store-operations.ts';
import type { ContentRecord, DeleteMarker, StoreTables, VersionKey } from './store-tables.ts';

/** How many versions one look at the index goes over. */
const PAGE = 500;

export interface ExpiryPage {
  readonly expired: readonly VersionKey[];
  /** Where the next page begins; absent at the end. */
  readonly next?: VersionKey;
}

/**
 * The versions, from `start` on, that another one or a delete marker replaced before `before` (ms since
 * the Unix epoch). They lie in the order of their objects, oldest first, so that the one behind a version
 * is what replaced it.
 */
export function expiredVersions(
  tables: Pick<StoreTables, 'versions'>,
  before: number,
  start: VersionKey | undefined,
): ExpiryPage {
  const range = { ...(start && { start }), limit: PAGE };
  const versions = [...tables.versions.getRange(range)];
  const expired = versions.flatMap(({ key, value }, index) => {
    const successor = versions[index + 1];
    const isReplaced = successor?.key[0] === key[0] && timeOf(successor.value) < before;
    return isReplaced && isContent(value) ? [key] : [];
  });
  const last = versions.at(-1);
  return versions.length === PAGE && last ? { expired, next: last.key } : { expired };
}

/** Erases what has expired of one page. Returns the body files that are no longer needed. */
export function eraseExpired(
  tables: StoreTables,
  before: number,
  start: VersionKey | undefined,
): string[] {
  const { expired } = expiredVersions(tables, before, start);
  return expired.flatMap(([object, version]) => dropVersion(tables, object, version));
}

const timeOf = (record: ContentRecord | DeleteMarker): number =>
  isContent(record) ? record.lastModified : record.deletedAt;
