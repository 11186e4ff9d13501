import { z } from 'zod';

import type { RequestEntry } from '../../../machines/recent-requests.ts';
import { etagOf, isFresh } from '../../api/etag.ts';
import { operation } from '../../api/operation.ts';
import { jsonOfRequest, outcomeOf, OUTCOMES, request } from '../../api/request.ts';
import type { RequestSource } from '../../request-source.ts';

const time = z.coerce.number().int().min(0).optional();

const query = z.object({
  search: z
    .string()
    .optional()
    .meta({ description: 'only those with this in their file name, or in the name of a face' }),
  outcome: z.enum(OUTCOMES).optional().meta({
    description:
      '`recognised`: somebody on the photo is known; `unknown`: there are faces, none known',
  }),
  since: time.meta({ description: 'received at this time or later, in ms since the Unix epoch' }),
  until: time.meta({ description: 'received before this time, in ms since the Unix epoch' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'the `next` of the page before' }),
});

type Query = z.infer<typeof query>;

const page = z
  .object({
    requests: z.array(request),
    next: z.int().nullable().meta({ description: '`after` of the next page, or null' }),
  })
  .meta({ id: 'RequestPage' });

/** GET /v1/requests: the latest requests, those of before the web tier was started too. */
export const listRequests = (requests: Pick<RequestSource, 'list'>) =>
  operation({
    method: 'get',
    path: '/v1/requests',
    summary: 'the latest requests, with their ways and outcomes, latest first',
    tag: 'requests',
    role: 'people',
    query,
    answers: {
      200: { description: 'one page of the requests', json: page },
      304: { description: 'nothing has changed (`If-None-Match`)' },
    },
    errors: [],
    handle(ctx, { query }) {
      const found = requests.list().filter((entry) => isWanted(entry, query));
      const entries = found.slice(0, query.limit);
      const last = entries.at(-1);
      const body = {
        requests: entries.map(jsonOfRequest),
        next: last !== undefined && found.length > entries.length ? last.number : null,
      };
      if (!isFresh(ctx, etagOf(body))) ctx.body = body;
    },
  });

function isWanted(entry: RequestEntry, { search, outcome, since, until, after }: Query): boolean {
  return (
    (after === undefined || entry.number < after) &&
    (since === undefined || entry.receivedAt >= since) &&
    (until === undefined || entry.receivedAt < until) &&
    (outcome === undefined || outcomeOf(entry) === outcome) &&
    (search === undefined || textsOf(entry).some((text) => has(text, search)))
  );
}

const textsOf = ({ record }: RequestEntry): string[] => [
  record.fileName,
  ...('faces' in record ? record.faces.map(({ name }) => name) : []),
];

const has = (text: string, part: string): boolean =>
  text.toLowerCase().includes(part.toLowerCase());
