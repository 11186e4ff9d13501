import { z } from 'zod';

import { etagOf, isFresh } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { jsonOfPerson, person } from '../../api/person.ts';
import type { PeopleSource } from '../../people-source.ts';

const query = z.object({
  search: z
    .string()
    .optional()
    .meta({ description: 'only names that have this in them, whatever its case and accents' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().optional().meta({ description: 'the `next` of the page before' }),
});

const page = z
  .object({
    people: z.array(person),
    total: z.int().meta({ description: 'on all pages' }),
    next: z.string().nullable().meta({ description: '`after` of the next page, or null' }),
  })
  .meta({ id: 'PeoplePage' });

/** GET /v1/people: who can be recognised, by name. */
export const listPeople = (people: PeopleSource) =>
  operation({
    method: 'get',
    path: '/v1/people',
    summary: 'who can be recognised, in the order of their names',
    tag: 'people',
    role: 'people',
    query,
    answers: {
      200: { description: 'one page of the people', json: page },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: ['gallery_unusable'],
    async handle(ctx, { query }) {
      const found = await people.list(query);
      const { total, next = null } = found;
      if (isFresh(ctx, etagOf([total, next, ...found.people.map(({ etag }) => etag)]))) return;
      ctx.body = { people: found.people.map(jsonOfPerson), total, next };
    },
  });
