import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file that readers see whole or not at all. Several processes may write the same one at
 * once: the last wins.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
