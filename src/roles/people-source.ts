import { randomUUID } from 'node:crypto';

import type { ObjectStore } from '../bus/store.ts';
import type { PeopleSource } from '../http/people-source.ts';
import type { WebTier } from '../machines/web-tier.ts';
import { importArchive } from '../people/archive-import.ts';
import { enrolFace } from '../people/face-enrolment.ts';
import { People } from '../people/people.ts';
import { decodeAnalysis } from '../people/photo-analysis.ts';

/** The people of the gallery, for HTTP: workers look at the photos of those who are enrolled. */
export function peopleSource(bucket: ObjectStore, webTier: Pick<WebTier, 'analyse'>): PeopleSource {
  const people = new People({ bucket, newId: randomUUID });
  const analyse = (id: string, signal: AbortSignal) => async (photo: Uint8Array) =>
    decodeAnalysis(await webTier.analyse({ id, photo }, signal));
  return Object.assign(people, {
    enrol: ((face, id, signal) =>
      enrolFace(
        { bucket, newId: randomUUID, analyse: analyse(id, signal) },
        face,
      )) satisfies PeopleSource['enrol'],
    importAll: ((zip, id, signal) => {
      let count = 0;
      return importArchive(
        {
          bucket,
          newId: randomUUID,
          analyse: (photo) => analyse(`${id}-${++count}`, signal)(photo),
        },
        zip,
      );
    }) satisfies PeopleSource['importAll'],
  });
}
