import { writeFile } from 'node:fs/promises';

import { expect, it, onTestFinished } from 'vitest';

import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { portraitsOf, writePeople } from '../portraits.ts';
import { isSchemathesisInstalled, schemathesis } from '../schemathesis.ts';
import { facefleet, startService, upload } from './service.ts';

/** The same requests in each run, and few enough of them for half a minute. */
const RUN = '--phases coverage,fuzzing --max-examples 10 --seed 1 --request-timeout 90'.split(' ');

/** No schema says which bytes are a photo, and which ids are known: what is valid may be refused. */
const CHECKS = ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance'];

/** A stream without an end. */
const LEFT_OUT = ['--exclude-path', '/v1/fleet/events'];

/** Ids that there are, so that requests get further than to 404. */
const idsOf = (person: Person, request: string): string => `
[[operations]]
include-path-regex = "^/v1/people"
exclude-method = "DELETE"
parameters = { "path.id" = "${person.id}", "path.face" = "${person.faces[0]?.id}" }

[[operations]]
include-path-regex = "^/v1/requests"
parameters = { "path.id" = "${request}" }
`;

interface Person {
  readonly id: string;
  readonly faces: readonly { readonly id: string }[];
}

it.skipIf(!isSchemathesisInstalled)(
  'the API answers what its OpenAPI document says, whatever it is asked, and never with an error of ours',
  async ({ annotate }) => {
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const [person] = await portraitsOf(1);
    if (person === undefined) throw new Error('There is no portrait.');
    await writePeople(`${folder}/people`, [person]);
    await facefleet('enroll', `${folder}/people`, '--data-dir', `${folder}/data`);
    const service = await startService('--data-dir', `${folder}/data`, '--min-instances', '1');
    onTestFinished(async () => void (await service.stop()));
    const { text } = await upload(service.url, { 'a.jpg': person.photo }, 'application/json');
    const { id: request } = JSON.parse(text) as { id: string };
    const list = await fetch(`${service.url}/v1/people`);
    const { people } = (await list.json()) as { people: [Person] };
    await writeFile(`${folder}/schemathesis.toml`, idsOf(people[0], request));

    const document = `${service.url}/openapi.json`;
    const { code, output } = await schemathesis(
      folder,
      'run',
      document,
      ...CHECKS,
      ...LEFT_OUT,
      ...RUN,
    );
    expect(code, output).toBe(0);
    await annotate(/\d+ generated[^\n]*/.exec(output)?.[0] ?? '');
  },
  300_000,
);
