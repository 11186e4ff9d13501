import { randomUUID } from 'node:crypto';

import type { ObjectStore } from '../bus/store.ts';
import type { PeopleSource } from '../http/people-source.ts';
import type { WebTier } from '../machines/web-tier.ts';
import { enrolFace } from '../people/face-enrolment.ts';
import { People } from '../people/people.ts';
import { decodeAnalysis } from '../people/photo-analysis.ts';

/** The people of the gallery, for HTTP: workers look at the photos of those who are enrolled. */
export function peopleSource(bucket: ObjectStore, webTier: Pick<WebTier, 'analyse'>): PeopleSource {
  const people = new People({ bucket, newId: randomUUID });
  return Object.assign(people, {
    enrol: ((face, id, signal) =>
      enrolFace(
        {
          bucket,
          newId: randomUUID,
          analyse: async (photo) => decodeAnalysis(await webTier.analyse({ id, photo }, signal)),
        },
        face,
      )) satisfies PeopleSource['enrol'],
  });
}
