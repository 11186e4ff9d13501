import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { DataFolderError, prepareDataFolder } from '../../src/adapters/local/data-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

function emptyFolder(): string {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  return folder;
}

it('makes the data folder with those above it, and leaves it empty', () => {
  const folder = join(emptyFolder(), 'a', 'b');
  prepareDataFolder(folder);
  prepareDataFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
});

it('refuses a file, and a folder in a file', () => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, '');
  expect(() => prepareDataFolder(file)).toThrow(DataFolderError);
  expect(() => prepareDataFolder(join(file, 'data'))).toThrow(DataFolderError);
});

// Node's recursive mkdir never returns from there.
it.runIf(existsSync('/proc/self')).each(['/proc/facefleet', '/proc/facefleet/data', '/proc'])(
  'refuses %s, where no folder can be made',
  (folder) => {
    expect(() => prepareDataFolder(folder)).toThrow(DataFolderError);
  },
);
