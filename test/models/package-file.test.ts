import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  PackageMismatchError,
  PackageUnavailableError,
  readPackageFiles,
} from '../../models/package-file.ts';
import type { PackageFiles } from '../../models/package-file.ts';
import { sha256 } from '../../models/sha256.ts';
import { errorOf } from './error-of.ts';
import { startRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CONTENT = { 'model/a.bin': 'first', 'model/b.bin': 'second' };
const hashOf = (text: string): string => sha256(new TextEncoder().encode(text));

let registry: Registry;
let wanted: PackageFiles;
beforeEach(async () => {
  registry = await startRegistry('@somebody/weights', '1.2.3', CONTENT);
  wanted = {
    package: '@somebody/weights',
    version: '1.2.3',
    integrity: registry.integrity,
    files: [
      { path: 'model/b.bin', sha256: hashOf('second') },
      { path: 'model/a.bin', sha256: hashOf('first') },
    ],
  };
  vi.stubEnv('npm_config_registry', registry.url);
  vi.stubEnv('npm_config_cache', await temporaryFolder());
  vi.stubEnv('npm_config_fetch_retries', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await registry.close();
});

const texts = async (files: PackageFiles): Promise<string[]> =>
  (await readPackageFiles(files)).map((file) => new TextDecoder().decode(file));

describe('the files of a pinned npm package', () => {
  it('come from the registry that npm is set to, in the order asked for', async () => {
    expect(await texts(wanted)).toEqual(['second', 'first']);
    expect(registry.downloads()).toBe(1);
  });

  it("come from npm's cache the second time, without any network", async () => {
    await texts(wanted);
    await registry.close();
    expect(await texts(wanted)).toEqual(['second', 'first']);
  });

  it('are refused when the tarball is not the pinned one', async () => {
    const other = { ...wanted, integrity: `sha512-${'A'.repeat(86)}==` };
    const error = await errorOf(readPackageFiles(other));
    expect(error).toBeInstanceOf(PackageMismatchError);
    expect(error.message).toContain('@somebody/weights@1.2.3');
  });

  it('are refused by name when one is not the pinned one', async () => {
    const other = { ...wanted, files: [{ path: 'model/a.bin', sha256: hashOf('else') }] };
    const error = await errorOf(readPackageFiles(other));
    expect(error).toBeInstanceOf(PackageMismatchError);
    expect(error.message).toContain(
      `model/a.bin of @somebody/weights@1.2.3 has the SHA-256 ${hashOf('first')}`,
    );
  });

  it('are refused by name when one is not in the package', async () => {
    const other = { ...wanted, files: [{ path: 'model/c.bin', sha256: hashOf('third') }] };
    await expect(readPackageFiles(other)).rejects.toThrow('has no file model/c.bin');
  });

  it('cannot be had of a version that is not in the registry', async () => {
    const error = await errorOf(readPackageFiles({ ...wanted, version: '9.9.9' }));
    expect(error).toBeInstanceOf(PackageUnavailableError);
    expect(error.message).toContain('@somebody/weights@9.9.9');
  });

  it('cannot be had without a network, and the message says what to check', async () => {
    await registry.close();
    const error = await errorOf(readPackageFiles(wanted));
    expect(error).toBeInstanceOf(PackageUnavailableError);
    expect(error.message).toMatch(/check the network and npm's registry and proxy settings/);
  });
});
