import { once } from 'node:events';

import Config from '@npmcli/config';
import npmSettings from '@npmcli/config/lib/definitions/index.js';
import pacote from 'pacote';
import { Parser } from 'tar';

import { FacefleetError } from '../src/bus/errors.ts';
import { packageRoot } from '../src/package-root.ts';
import { sha256 } from './sha256.ts';

/** Files of one pinned npm package. */
export interface PackageFiles {
  readonly package: string;
  readonly version: string;
  /** Subresource integrity of the package's tarball, as the registry states it. */
  readonly integrity: string;
  /** Paths inside the package; SHA-256 in hex. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Thrown when the tarball could not be had: no network, no such package, a wrong proxy. */
export class PackageUnavailableError extends FacefleetError {
  readonly code = 'package_unavailable';
}

/** Thrown when the tarball or a file in it is not the one that was pinned. */
export class PackageMismatchError extends FacefleetError {
  readonly code = 'package_mismatch';
}

/**
 * The contents of files in a pinned npm tarball, in the order asked for. The tarball comes from npm's
 * cache or from the registry that npm is configured for (.npmrc, npm_config_registry, proxies), and
 * nothing of it is written to disk but npm's own cache entry.
 * @throws PackageUnavailableError, PackageMismatchError
 */
export async function readPackageFiles(wanted: PackageFiles): Promise<Uint8Array[]> {
  const spec = `${wanted.package}@${wanted.version}`;
  const contents = await unpack(await fetchTarball(spec, wanted.integrity));
  return wanted.files.map(({ path, sha256: pinned }) => {
    const file = contents.get(path);
    if (file === undefined) throw new PackageMismatchError(`${spec} has no file ${path}.`);
    const found = sha256(file);
    if (found !== pinned) {
      throw new PackageMismatchError(
        `${path} of ${spec} has the SHA-256 ${found}, not ${pinned} as pinned.`,
      );
    }
    return file;
  });
}

async function fetchTarball(spec: string, integrity: string): Promise<Uint8Array> {
  const options = await npmOptions();
  try {
    // A pinned tarball never changes, so npm's cache is as good as the registry.
    return await pacote.tarball(spec, { ...options, integrity, preferOffline: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof Error && 'code' in cause && cause.code === 'EINTEGRITY') {
      throw new PackageMismatchError(
        `${spec} from ${options.registry} is not the tarball that was pinned: ${reason}`,
        { cause },
      );
    }
    throw new PackageUnavailableError(
      `${spec} could not be fetched from ${options.registry}; check the network and npm's ` +
        `registry and proxy settings, then run "npm run models": ${reason}`,
      { cause },
    );
  }
}

/** What npm itself would pass to pacote in this folder. */
async function npmOptions(): Promise<{ registry: string }> {
  const config = new Config({
    ...npmSettings,
    npmPath: packageRoot,
    cwd: packageRoot,
    argv: [],
  });
  await config.load();
  return config.flat;
}

async function unpack(tarball: Uint8Array): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const chunks: Uint8Array[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      // npm puts everything into one folder, whose name does not matter.
      entry.on('end', () =>
        contents.set(entry.path.replace(/^[^/]+\//, ''), Buffer.concat(chunks)),
      );
    },
  });
  const ended = once(parser, 'end');
  parser.end(Buffer.from(tarball));
  await ended;
  return contents;
}
