import { NoSuchKeyError, PreconditionFailedError } from '../../bus/errors.ts';
import type { PutOptions } from '../../bus/store.ts';
import type { ContentRecord, DeleteMarker, ObjectRecord, StoreTables } from './store-tables.ts';

// What happens to objects, each in one transaction.

/** A version of an object, as far as the index knows it. */
export interface FoundVersion {
  readonly version: number;
  readonly content: ContentRecord;
}

/**
 * Adds a version and makes it the current one. `body` is given when it belongs in the index.
 * @returns the version's number
 * @throws PreconditionFailedError
 */
export function putVersion(
  tables: StoreTables,
  key: Buffer,
  content: ContentRecord,
  body: Buffer | undefined,
  { ifMatch, ifNoneMatch }: PutOptions,
): number {
  const object = tables.objects.get(key);
  const current = currentVersion(tables, object);
  const hasChanged = ifMatch !== undefined && current?.content.etag !== ifMatch;
  if (hasChanged || (ifNoneMatch === '*' && current !== undefined)) {
    throw new PreconditionFailedError(key.toString());
  }
  const id = object?.id ?? next(tables, 'object-id');
  const version = next(tables, 'version');
  tables.versions.putSync([id, version], content);
  if (body !== undefined) tables.bodies.putSync(version, body);
  if (content.file !== undefined) tables.files.putSync(content.file, true);
  tables.objects.putSync(key, { id, current: version });
  return version;
}

/** The current version, or the one with that id. */
export function findVersion(
  tables: StoreTables,
  key: Buffer,
  versionId: string | undefined,
): FoundVersion | undefined {
  const object = tables.objects.get(key);
  if (versionId === undefined) return currentVersion(tables, object);
  const version = versionNumber(versionId);
  return object && version !== undefined ? contentOf(tables, object.id, version) : undefined;
}

/** @throws NoSuchKeyError */
export function requireVersion(
  tables: StoreTables,
  key: Buffer,
  versionId: string | undefined,
): FoundVersion {
  const found = findVersion(tables, key, versionId);
  if (found === undefined) throw new NoSuchKeyError(key.toString());
  return found;
}

/** Every version with content, newest first. */
export function allVersions(tables: StoreTables, { id }: ObjectRecord): FoundVersion[] {
  const range = { start: [id, Infinity], end: [id], reverse: true };
  return [...tables.versions.getRange(range)].flatMap(({ key: [, version], value }) =>
    isContent(value) ? [{ version, content: value }] : [],
  );
}

/** Puts a delete marker on top, if there is anything to delete. */
export function markDeleted(tables: StoreTables, key: Buffer, deletedAt: number): void {
  const object = tables.objects.get(key);
  if (object?.current === undefined) return;
  tables.versions.putSync([object.id, next(tables, 'version')], { deletedAt });
  tables.objects.putSync(key, { id: object.id });
}

/** Erases one version. Returns the body files that are no longer needed. */
export function eraseVersion(tables: StoreTables, key: Buffer, versionId: string): string[] {
  const object = tables.objects.get(key);
  const version = versionNumber(versionId);
  if (object === undefined || version === undefined) return [];
  const files = dropVersion(tables, object.id, version);
  const newest = newestVersion(tables, object.id);
  if (newest === undefined) tables.objects.removeSync(key);
  else if (isContent(newest.value)) {
    tables.objects.putSync(key, { id: object.id, current: newest.version });
  } else tables.objects.putSync(key, { id: object.id });
  return files;
}

/** Erases every version. Returns the body files that are no longer needed. */
export function eraseObject(tables: StoreTables, key: Buffer): string[] {
  const object = tables.objects.get(key);
  if (object === undefined) return [];
  tables.objects.removeSync(key);
  const range = { start: [object.id], end: [object.id + 1] };
  const keys = [...tables.versions.getKeys(range)];
  return keys.flatMap(([id, version]) => dropVersion(tables, id, version));
}

/** Erases up to `count` objects. Returns the body files no longer needed; nothing when none is left. */
export function eraseSomeObjects(tables: StoreTables, count: number): string[] | undefined {
  const keys = [...tables.objects.getKeys({ limit: count })];
  if (keys.length === 0) return undefined;
  return keys.flatMap((key) => eraseObject(tables, key));
}

/** Whether nobody has begun to look for leftovers for `everyMs` milliseconds; if so, the caller has now. */
export function beginSweep(tables: StoreTables, now: number, everyMs: number): boolean {
  const last = tables.counters.get('swept-at');
  // A time to come was written before the clock was set back.
  if (last !== undefined && last <= now && now < last + everyMs) return false;
  tables.counters.putSync('swept-at', now);
  return true;
}

/** Erases one version; its object may be left with none. Returns the body files no longer needed. */
export function dropVersion(tables: StoreTables, objectId: number, version: number): string[] {
  const dropped = tables.versions.get([objectId, version]);
  if (dropped === undefined) return [];
  tables.versions.removeSync([objectId, version]);
  tables.bodies.removeSync(version);
  if (!isContent(dropped) || dropped.file === undefined) return [];
  tables.files.removeSync(dropped.file);
  return [dropped.file];
}

export function currentVersion(
  tables: StoreTables,
  object: ObjectRecord | undefined,
): FoundVersion | undefined {
  return object?.current === undefined ? undefined : contentOf(tables, object.id, object.current);
}

function contentOf(
  tables: StoreTables,
  objectId: number,
  version: number,
): FoundVersion | undefined {
  const content = tables.versions.get([objectId, version]);
  return content && isContent(content) ? { version, content } : undefined;
}

function newestVersion(tables: StoreTables, objectId: number) {
  const range = { start: [objectId, Infinity], end: [objectId], reverse: true, limit: 1 };
  for (const { key, value } of tables.versions.getRange(range)) return { version: key[1], value };
  return undefined;
}

export const isContent = (record: ContentRecord | DeleteMarker): record is ContentRecord =>
  'etag' in record;

const versionNumber = (versionId: string): number | undefined =>
  /^\d{1,15}$/.test(versionId) ? Number(versionId) : undefined;

function next(tables: StoreTables, counter: string): number {
  const value = tables.counters.get(counter) ?? 1;
  tables.counters.putSync(counter, value + 1);
  return value;
}
