import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { StorageFullError } from '../../bus/errors.ts';
import { OWNER_ONLY } from './environment.ts';

/**
 * A folder of files that are written once, under a name that was never used before, and never
 * changed: a file is only known by its name after it is whole and on the disk.
 */
export class BodyFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  }

  /**
   * Writes a new file and resolves with its name when it is on the disk.
   * @throws StorageFullError
   */
  async write(body: Uint8Array): Promise<string> {
    const name = randomUUID();
    try {
      const file = await open(this.#pathOf(name), 'wx');
      try {
        await file.writeFile(body);
        await file.datasync();
      } finally {
        await file.close();
      }
      await syncFolder(this.#folder);
    } catch (cause) {
      await this.remove([name]);
      throw isDiskFull(cause) ? new StorageFullError(this.#folder, { cause }) : cause;
    }
    return name;
  }

  /** The file's bytes, or `undefined` when there is no such file. */
  async read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#pathOf(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.#pathOf(name), { force: true })));
  }

  /** Removes the files that are not in use and were last written before `time`. */
  async removeLeftovers(isInUse: (name: string) => boolean, time: number): Promise<void> {
    const unused = (await readdir(this.#folder)).filter((name) => !isInUse(name));
    for (const name of unused) {
      const modified = await this.#modifiedAt(name);
      if (modified !== undefined && modified < time) await this.remove([name]);
    }
  }

  async #modifiedAt(name: string): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(name))).mtimeMs;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder, name);
  }
}

/** A new file's name is only safe once its folder is synced. Windows cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
