import { ask } from './api.ts';

/** A person as `/v1/people` has them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly faces: readonly {
    readonly id: string;
    /** Where the face by itself is, and the photo that it was enrolled with. */
    readonly portrait: string;
    readonly photo: string;
  }[];
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** On all pages. */
  readonly total: number;
  /** Where the next page begins, or null. */
  readonly next: string | null;
}

export interface Enrolled {
  readonly face: string;
  readonly person: Person;
  readonly hints: readonly string[];
}

const pathOf = (id: string): string => `/v1/people/${encodeURIComponent(id)}`;

/** People by name, a page of them. @throws ApiError, as everything here */
export function listPeople(query: {
  readonly search?: string;
  readonly after?: string;
  readonly limit?: number;
}): Promise<PeoplePage> {
  const entries = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return ask('GET', `/v1/people?${new URLSearchParams(entries)}`);
}

export const findPerson = (id: string): Promise<Person> => ask('GET', pathOf(id));

export const renamePerson = (id: string, name: string): Promise<Person> =>
  ask('PATCH', pathOf(id), { name });

export const removePerson = (id: string): Promise<void> => ask('DELETE', pathOf(id));

export const mergePeople = (id: string, others: readonly string[]): Promise<Person> =>
  ask('POST', `${pathOf(id)}/merge`, { people: others });

export const splitPerson = (
  id: string,
  faces: readonly string[],
  to: { readonly name: string } | { readonly person: string },
): Promise<Person> => ask('POST', `${pathOf(id)}/split`, { faces, ...to });

export const removeFace = (id: string, face: string): Promise<void> =>
  ask('DELETE', `${pathOf(id)}/faces/${encodeURIComponent(face)}`);

/** Somebody known, or whoever has a name, who may be new. */
export type Whom = Person | { readonly name: string };

export interface FaceChoice {
  /** The place of the face that is meant among those of the photo, largest first. */
  readonly face?: number;
  /** Whether it is theirs though it looks like somebody else. */
  readonly isConfirmed?: boolean;
}

/** Enrols a photo. */
export function enrolPhoto(whom: Whom, photo: File, choice: FaceChoice): Promise<Enrolled> {
  const form = new FormData();
  form.append('photo', photo, photo.name);
  const path =
    'id' in whom
      ? `${pathOf(whom.id)}/faces?${queryOf({}, choice)}`
      : `/v1/faces?${queryOf(whom, choice)}`;
  return ask('POST', path, form);
}

/** Enrols the photo of a request. */
export const enrolRequest = (
  name: string,
  request: string,
  choice: FaceChoice,
): Promise<Enrolled> => ask('POST', `/v1/faces?${queryOf({ name, request }, choice)}`);

function queryOf(
  whom: Readonly<Record<string, string>>,
  { face, isConfirmed = false }: FaceChoice,
): URLSearchParams {
  const query = new URLSearchParams(whom);
  if (face !== undefined) query.set('face', String(face));
  if (isConfirmed) query.set('confirm', 'yes');
  return query;
}

/** Who has that very name. */
export async function personCalled(name: string): Promise<Person | undefined> {
  for (let after: string | undefined; ;) {
    const page = await listPeople({
      search: name,
      limit: 200,
      ...(after !== undefined && { after }),
    });
    const found = page.people.find((person) => person.name === name);
    if (found || page.next === null) return found;
    after = page.next;
  }
}
