/** What the web tier may know of a person. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly faces: readonly { readonly id: string }[];
  /** Changes with the person. */
  readonly etag: string;
}

export interface PeoplePage {
  readonly people: readonly PersonView[];
  readonly total: number;
  readonly next?: string;
}

interface Condition {
  /** The change is made only if the person's etag is this one. */
  readonly ifMatch?: string | undefined;
}

/** A photo of one person. */
export interface FaceToEnrol {
  /** Somebody known, by id, or whoever has a name, which may be new. */
  readonly whom: { readonly person: string } | { readonly name: string };
  readonly photo: Uint8Array;
  /** Which of the photo's faces, 0 for the largest. */
  readonly face?: number | undefined;
  /** Whether it is theirs though it looks like somebody else's. */
  readonly isConfirmed: boolean;
}

export interface FaceEnrolled {
  readonly person: PersonView;
  readonly face: string;
  /** Whether the photo was there before. */
  readonly isKnown: boolean;
  readonly hints: readonly string[];
}

export interface ImportReport {
  /** People, and faces, who are new. */
  readonly people: number;
  readonly faces: number;
  /** Photos that were there before. */
  readonly known: number;
  readonly skipped: readonly {
    readonly file: string;
    readonly code: string;
    readonly reason: string;
  }[];
}

/** The people of the gallery; see `people/people.ts`, which does all this and says what it throws. */
export interface PeopleSource {
  list(query: {
    readonly search?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<PeoplePage>;
  find(id: string): Promise<PersonView>;
  create(name: string): Promise<PersonView>;
  rename(id: string, name: string, condition: Condition): Promise<PersonView>;
  merge(id: string, others: readonly string[], condition: Condition): Promise<PersonView>;
  split(
    id: string,
    faces: readonly string[],
    to: { readonly name: string } | { readonly person: string },
    condition: Condition,
  ): Promise<PersonView>;
  remove(id: string, condition: Condition): Promise<void>;
  enrol(face: FaceToEnrol, requestId: string, signal: AbortSignal): Promise<FaceEnrolled>;
  removeFace(id: string, face: string, condition: Condition): Promise<void>;
  photo(id: string, face: string): Promise<Uint8Array>;
  portrait(id: string, face: string): Promise<Uint8Array>;
  /** A zip. */
  exportAll(): Promise<ReadableStream<Uint8Array>>;
  importAll(zip: Uint8Array, requestId: string, signal: AbortSignal): Promise<ImportReport>;
}
