import { readFileSync } from 'node:fs';
import { setImmediate as others } from 'node:timers/promises';

import type { Database } from 'lmdb';
import { describe, expect, it, onTestFinished } from 'vitest';

import { type Durability, Environment } from '../../src/adapters/local/environment.ts';
import { ChildProgram } from './child-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MB = 1024 * 1024;

describe('an LMDB environment', () => {
  it.each<{ durability: Durability; openings: number }>([
    { durability: 'outlives-processes', openings: 150 },
    { durability: 'outlives-power-failure', openings: 50 },
  ])(
    'that $durability keeps what one process commits while another opens it',
    async ({ durability, openings }) => {
      const { folder, environment } = open<number>(durability);
      const opener = ChildProgram.start('open-and-close.js', folder, durability);
      let commits = 0;
      while (opener.lines.length < openings) {
        environment.write((table) => {
          expect(table.get('count') ?? 0).toBe(commits);
          table.putSync('count', ++commits);
        });
        await others();
      }
      expect(commits).toBeGreaterThan(openings);
    },
  );

  it.runIf(process.platform === 'linux')(
    'holds few of its pages in memory, however much is read and written',
    () => {
      const { folder, environment } = open<Buffer>('outlives-processes');
      const body = Buffer.alloc(20_000);
      for (let key = 0; key < 3000; key++) {
        environment.write((table) => table.putSync(key, body));
      }
      for (let key = 0; key < 3000; key++) {
        expect(environment.read((table) => table.get(key))).toHaveLength(body.length);
      }
      expect(residentBytes(folder)).toBeLessThan(16 * MB);
    },
  );
});

function open<Value>(durability: Durability): {
  folder: string;
  environment: Environment<Database<Value, string | number>>;
} {
  const { folder, remove } = temporaryFolder();
  const environment = new Environment<Database<Value, string | number>>({
    folder,
    openTables: (root) => root.openDB('table', {}),
    durability,
  });
  onTestFinished(async () => {
    await environment.close();
    remove();
  });
  return { folder, environment };
}

/** How much of the files in a folder this process has mapped and resident (proc_pid_smaps(5)). */
function residentBytes(folder: string): number {
  const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[\da-f]+-[\da-f]+ )/m);
  return mappings
    .filter((mapping) => mapping.includes(folder))
    .reduce((sum, mapping) => sum + 1024 * Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1]), 0);
}
