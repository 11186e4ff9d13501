import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';

import type { Database } from 'lmdb';
import { describe, expect, it, onTestFinished } from 'vitest';

import { DataFolderRemovedError, Environment } from '../../src/adapters/local/environment.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ChildProgram } from './child-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MB = 1024 * 1024;
const BODY = Buffer.alloc(20_000);
const BODIES = 2000;

/** Without the gate a commit is lost within some fifty. */
const OPENINGS = 150;

const isLinux = process.platform === 'linux';

describe('an LMDB environment', () => {
  it('keeps what one process commits while another opens it', async ({ signal }) => {
    const { folder, environment } = open<number>();
    const opener = ChildProgram.start('open-and-close.js', folder);
    let commits = 0;
    while (opener.lines.length < OPENINGS && !signal.aborted) {
      environment.write((table) => {
        expect(table.get('count') ?? 0).toBe(commits);
        table.putSync('count', ++commits);
      });
      await others();
    }
    expect(commits).toBeGreaterThan(OPENINGS);
  });

  it.runIf(isLinux)('holds few of its pages in memory, however much is read and written', () => {
    let time = 0;
    const { folder, environment } = open<Buffer>(() => (time += 1000));
    fill(environment);
    for (let key = 0; key < BODIES; key++) {
      expect(environment.read((table) => table.get(key))).toHaveLength(BODY.length);
    }
    expect(residentBytes(folder)).toBeLessThan(8 * MB);
  });

  it.runIf(isLinux)('holds none of them after a look at all of it', () => {
    const { folder, environment } = open<Buffer>();
    fill(environment);
    const total = environment.scan((table) =>
      [...table.getRange()].reduce((sum, { value }) => sum + value.length, 0),
    );
    expect(total).toBe(BODIES * BODY.length);
    expect(residentBytes(folder)).toBeLessThan(MB);
    expect(environment.read((table) => table.getCount())).toBe(BODIES);
  });

  it('says so when its folder was removed, and does not begin another one there', () => {
    const { folder, environment } = open<number>();
    rmSync(folder, { recursive: true });
    expect(() => environment.scan(() => 0)).toThrow(DataFolderRemovedError);
    expect(existsSync(folder)).toBe(false);
  });
});

type Table<Value> = Database<Value, string | number>;

function open<Value>(now: () => number = () => 0): {
  folder: string;
  environment: Environment<Table<Value>>;
} {
  const { folder, remove } = temporaryFolder();
  const environment = new Environment<Table<Value>>({
    folder,
    clock: { ...systemClock, now },
    openTables: (root) => root.openDB('table', {}),
    mapAnew: { afterMs: 20_000, afterTransactions: 20 },
    durability: 'outlives-processes',
  });
  onTestFinished(async () => {
    await environment.close();
    remove();
  });
  return { folder, environment };
}

/** Writes 40 MB. */
function fill(environment: Environment<Table<Buffer>>): void {
  for (let key = 0; key < BODIES; key++) {
    environment.write((table) => table.putSync(key, BODY));
  }
}

/** How much of the data in a folder this process has mapped and resident (proc_pid_smaps(5)). */
function residentBytes(folder: string): number {
  const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[\da-f]+-[\da-f]+ )/m);
  return mappings
    .filter((mapping) => mapping.includes(join(folder, 'data.mdb')))
    .reduce((sum, mapping) => sum + 1024 * Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1]), 0);
}
