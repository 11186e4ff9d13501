import { Command } from 'commander';

import type { ObjectStore } from '../bus/store.ts';
import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { galleryReader } from '../people/gallery-repository.ts';
import { removePerson } from '../people/removal.ts';
import { openGallery } from '../roles/world.ts';
import { columns } from './columns.ts';
import { confirm } from './confirm.ts';

const SETTINGS = [...WORLD_SETTINGS, 'dataDir'] as const;

type GalleryConfig = Config<(typeof SETTINGS)[number]>;
type ListOptions = GalleryConfig & { readonly json?: true };
type RemoveOptions = GalleryConfig & { readonly yes?: true };

interface ListedPerson {
  readonly name: string;
  readonly photos: number;
  readonly id: string;
}

/** Characters that would break a line of a table in two, or steer the terminal. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

export function peopleCommand(): Command {
  const list = new Command('list')
    .description('who is in the gallery, with how many photos')
    .option('--json', 'as JSON')
    .action(({ json, ...config }: ListOptions) =>
      withGallery(config, async (bucket) => {
        const people = await peopleIn(bucket);
        process.stdout.write(json ? `${JSON.stringify(people, null, 2)}\n` : table(people));
      }),
    );
  const remove = new Command('remove')
    .description('erase people: their photos and embeddings, in every version')
    .argument('<name...>', 'the names as facefleet people tells them')
    .option('--yes', 'do not ask first')
    .action((names: string[], { yes, ...config }: RemoveOptions) =>
      withGallery(config, (bucket) => removeAll(names, bucket, yes === true)),
    );
  return new Command('people')
    .description('see who can be recognised, or erase somebody')
    .addCommand(withSettings(list, SETTINGS), { isDefault: true })
    .addCommand(withSettings(remove, SETTINGS));
}

async function withGallery(
  config: GalleryConfig,
  act: (bucket: ObjectStore) => Promise<void>,
): Promise<void> {
  const world = await openGallery(config);
  try {
    await act(world.galleryBucket);
  } finally {
    await world.close();
  }
}

async function peopleIn(bucket: ObjectStore): Promise<ListedPerson[]> {
  const { people } = await galleryReader(bucket)();
  return people
    .map(({ name, faces, id }) => ({ name, photos: faces.length, id }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

function table(people: readonly ListedPerson[]): string {
  if (people.length === 0) return 'Nobody is enrolled yet: facefleet enroll DIR\n';
  const rows = people.map(({ name, photos, id }) => [
    name.replaceAll(UNPRINTABLE, '�'),
    String(photos),
    id,
  ]);
  return columns([['NAME', 'PHOTOS', 'ID'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}

async function removeAll(
  names: readonly string[],
  bucket: ObjectStore,
  isMeant: boolean,
): Promise<void> {
  if (!isMeant) {
    const who = names.map((name) => `"${name}"`).join(', ');
    await confirm(
      `Every photo and embedding of ${who} is erased from the gallery, in every version.`,
      'Erase them?',
    );
  }
  for (const name of names) {
    await removePerson(bucket, name);
    process.stdout.write(`${name} is erased.\n`);
  }
}
