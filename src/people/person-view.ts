import { createHash } from 'node:crypto';

import type { Person } from '../recognition/gallery.ts';

/** A person as others see them: without embeddings. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  /** In the order in which they were enrolled. */
  readonly faces: readonly { readonly id: string }[];
  /** Changes with the person; for `ifMatch`. */
  readonly etag: string;
}

/** A part of the people, in the order of their names. */
export interface PeoplePage {
  readonly people: readonly PersonView[];
  /** How many there are, on all pages. */
  readonly total: number;
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface PeopleQuery {
  /** Only people whose names have this in them, whatever its case and accents. */
  readonly search?: string | undefined;
  /** A page's `next`. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export function viewOf({ id, name, faces }: Person): PersonView {
  const view = { id, name, faces: faces.map((face) => ({ id: face.id })) };
  const hash = createHash('sha256').update(JSON.stringify(view)).digest('base64url');
  return { ...view, etag: hash.slice(0, 22) };
}

/** Numbers within names are ordered as numbers. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** The part of the people that is asked for. */
export function pageOf(people: readonly Person[], query: PeopleQuery): PeoplePage {
  const wanted = folded(query.search ?? '');
  const found = people.filter(({ name }) => folded(name).includes(wanted)).toSorted(byName);
  const start = query.after === undefined ? undefined : decodeCursor(query.after);
  const rest = start === undefined ? found : found.filter((person) => byName(person, start) > 0);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return {
    people: page.map(viewOf),
    total: found.length,
    ...(last !== undefined && rest.length > page.length && { next: encodeCursor(last) }),
  };
}

type Place = Pick<Person, 'name' | 'id'>;

const byName = (one: Place, other: Place): number =>
  compare(one.name, other.name) || (one.id < other.id ? -1 : Number(one.id > other.id));

const folded = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** The last person of a page, so that people who come or go meanwhile shift nothing. */
const encodeCursor = ({ name, id }: Place): string =>
  Buffer.from(JSON.stringify([name, id])).toString('base64url');

/** Anything else than a cursor begins anew. */
function decodeCursor(cursor: string): Place | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(place)) return undefined;
    const [name, id] = place as unknown[];
    return typeof name === 'string' && typeof id === 'string' ? { name, id } : undefined;
  } catch {
    return undefined;
  }
}
