import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

import { packageRoot } from '../../src/package-root.ts';

const CACHE = join(packageRoot, 'test/.cache');

/** Chromium talks to nobody but the page under test. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless Chromium. On Linux and x64 it is the one inside the npm package `@sparticuz/chromium`,
 * with the libraries and fonts that a bare system lacks; elsewhere an installed Chrome.
 */
export async function launchBrowser(): Promise<Browser> {
  const hasPackaged = process.platform === 'linux' && process.arch === 'x64';
  return chromium.launch({
    args: ARGS,
    ...(hasPackaged ? await packagedBrowser() : { channel: 'chrome' }),
  });
}

async function packagedBrowser(): Promise<LaunchOptions> {
  const { devDependencies } = createRequire(import.meta.url)('#package.json');
  const home = join(CACHE, `chromium-${devDependencies['@sparticuz/chromium']}`);
  if (!existsSync(home)) await unpack(home);
  return {
    executablePath: join(home, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023/lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  };
}

/** Unpacks beside `home` and renames: test files that start together never see half a browser. */
async function unpack(home: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const fresh = await mkdtemp(`${home}-`);
  // The package unpacks into the temporary folder, its libraries only where it sees AWS CodeBuild.
  const { TMPDIR, CODEBUILD_BUILD_IMAGE } = process.env;
  Object.assign(process.env, { TMPDIR: fresh, CODEBUILD_BUILD_IMAGE: 'nodejs20' });
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    await packaged.executablePath();
  } finally {
    restore('TMPDIR', TMPDIR);
    restore('CODEBUILD_BUILD_IMAGE', CODEBUILD_BUILD_IMAGE);
  }
  await writeFile(join(fresh, 'fonts.conf'), fontsConf(join(home, 'fonts')));
  try {
    await rename(fresh, home);
  } catch (error) {
    await rm(fresh, { recursive: true });
    if (!existsSync(home)) throw error;
  }
}

const fontsConf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${folder}</cachedir>
</fontconfig>
`;

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
