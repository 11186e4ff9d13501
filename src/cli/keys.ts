import { Command, InvalidArgumentError } from 'commander';

import type { StoredKey } from '../access/api-key.ts';
import { KeyRing } from '../access/key-ring.ts';
import { type Role, ROLES } from '../access/roles.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { openGallery } from '../roles/world.ts';
import { columns } from './columns.ts';

const SETTINGS = [...WORLD_SETTINGS, 'dataDir'] as const;

type KeysConfig = Config<(typeof SETTINGS)[number]>;

export function keysCommand(): Command {
  const add = new Command('add')
    .description('make a key for HTTP; it is told once, and only its hash is kept')
    .argument('<name>', 'who or what will use it')
    .requiredOption(
      '--role <role>',
      `what it may do: ${ROLES.join(', ')}; give it several times for several`,
      withRole,
    )
    .action((name: string, { role, ...config }: KeysConfig & { role: Role[] }) =>
      withKeys(config, async (ring) => {
        const { key } = await ring.add({ name, roles: role });
        process.stdout.write(`${key}\n`);
      }),
    );
  const list = new Command('list')
    .description('which keys there are')
    .option('--json', 'as JSON')
    .action(({ json, ...config }: KeysConfig & { json?: true }) =>
      withKeys(config, async (ring) => {
        const keys = (await ring.keys()).map(told);
        process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : table(keys));
      }),
    );
  const revoke = new Command('revoke')
    .description('refuse a key from now on; running web tiers do within two seconds')
    .argument('<key>', 'its id or name, as facefleet keys list tells them')
    .action((which: string, config: KeysConfig) =>
      withKeys(config, async (ring) => {
        await ring.revoke(which);
        process.stdout.write(`The key "${which}" is revoked.\n`);
      }),
    );
  return new Command('keys')
    .description('say who may use the service over HTTP, and for what')
    .addCommand(withSettings(list, SETTINGS), { isDefault: true })
    .addCommand(withSettings(add, SETTINGS))
    .addCommand(withSettings(revoke, SETTINGS));
}

function withRole(text: string, others: readonly Role[] = []): Role[] {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`);
  return [...new Set([...others, role])];
}

async function withKeys(config: KeysConfig, act: (ring: KeyRing) => Promise<void>): Promise<void> {
  const world = await openGallery(config);
  try {
    await act(new KeyRing(world.galleryBucket, systemClock));
  } finally {
    await world.close();
  }
}

/** A key as it may be told. */
const told = ({ id, name, roles, createdAt, revokedAt }: StoredKey) => ({
  id,
  name,
  roles,
  createdAt: new Date(createdAt).toISOString(),
  revokedAt: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
});

function table(keys: readonly ReturnType<typeof told>[]): string {
  if (keys.length === 0) return 'There are no keys yet: facefleet keys add NAME --role people\n';
  const rows = keys.map(({ id, name, roles, createdAt, revokedAt }) => [
    id,
    name,
    roles.join(', '),
    createdAt,
    revokedAt ?? '',
  ]);
  return columns([['ID', 'NAME', 'ROLES', 'MADE', 'REVOKED'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}
