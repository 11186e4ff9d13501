import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

import { create } from 'tar';

import { temporaryFolder } from './temporary-folder.ts';

/** An npm registry on loopback that has one version of one package. */
export interface Registry {
  readonly url: string;
  /** Subresource integrity of the package's tarball. */
  readonly integrity: string;
  /** How many tarballs it has served. */
  readonly downloads: () => number;
  readonly close: () => Promise<void>;
}

export async function startRegistry(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<Registry> {
  const tarball = await pack({
    'package.json': JSON.stringify({ name, version }),
    ...files,
  });
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  let downloads = 0;
  const server = createServer(({ url, headers }, response) => {
    const base = `http://${headers.host}`;
    if (url?.endsWith('.tgz')) {
      downloads++;
      response.end(tarball);
    } else if (decodeURIComponent(url ?? '') === `/${name}`) {
      const dist = { tarball: `${base}/${name}/-/it-${version}.tgz`, integrity };
      const versions = { [version]: { name, version, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
    } else {
      response.writeHead(404).end('{}');
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    integrity,
    downloads: () => downloads,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function pack(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, 'package', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const tarball = join(folder, 'it.tgz');
  await create({ gzip: true, cwd: folder, file: tarball }, ['package']);
  return readFile(tarball);
}
